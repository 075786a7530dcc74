import type { FaultKind } from "./fault.ts";

type File = { path: string; text: string };

/** The end of a Python file that has the fault. */
export function pythonFault(kind: FaultKind, { text }: File): string {
  switch (kind) {
    case "type error":
      return 'agentx_planted: int = "fault"\n';
    case "lint violation":
      return "import agentx_planted_unused\nprint(agentx_planted_undefined)\n";
    case "format violation":
      return "agentx_planted   =  [ 1,2 ,\n 3 ]\n";
    case "build error":
      return "agentx_planted = = 1\n";
    case "failing test":
      return /^\s*(import|from) unittest\b/m.test(text)
        ? "import unittest as agentx_unittest\n\n\nclass AgentxPlanted(agentx_unittest.TestCase):\n    def test_agentx_planted(self):\n        self.assertEqual(1, 2, 'agentx planted fault')\n"
        : "def test_agentx_planted():\n    assert 1 == 2, 'agentx planted fault'\n";
  }
}

export function goFault(kind: FaultKind): string {
  switch (kind) {
    case "type error":
      return 'var agentxPlanted int = "fault"\n';
    case "lint violation":
      return "func agentxPlanted() int {\n\tvalue := 1\n\tvalue = value\n\tvalue = 2\n\treturn 0\n}\n";
    case "format violation":
      return "var   agentxPlanted  =  1\n";
    case "build error":
      return "var agentxPlanted = = 1\n";
    case "failing test":
      return 'func TestAgentxPlanted(t *testing.T) {\n\tt.Fatal("agentx planted fault")\n}\n';
  }
}

export function rustFault(kind: FaultKind): string {
  switch (kind) {
    case "type error":
      return 'pub fn agentx_planted() -> u32 {\n    "fault"\n}\n';
    case "lint violation":
      return "pub fn agentx_planted(value: u32) -> bool {\n    value == value\n}\n";
    case "format violation":
      return "pub fn   agentx_planted( ){ }\n";
    case "build error":
      return "pub fn agentx_planted( {\n";
    case "failing test":
      return '#[cfg(test)]\nmod agentx_planted {\n    #[test]\n    fn fault() {\n        panic!("agentx planted fault");\n    }\n}\n';
  }
}
