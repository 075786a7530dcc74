import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { loadRun, readJournalIfAny } from "../engine/load-run.ts";
import type { Workspace } from "../engine/workspace.ts";
import { redactWith } from "../core/secrets/redact.ts";
import { renderRunReport } from "../report/run-report.ts";
import { writeFileAtomic } from "../sys/atomic-write.ts";

/** `.agentx/runs/<run>/report.md`; nothing where the run never began. */
export async function writeRunReport(workspace: Workspace, run: string): Promise<void> {
  const loaded = readJournalIfAny(workspace, (journal) =>
    journal.runs().some((summary) => summary.run === run) ? loadRun(journal, run) : null,
  );
  if (loaded === null) return;
  const folder = join(workspace.folder, "runs", run);
  await mkdir(folder, { recursive: true });
  const report = redactWith(workspace.secrets.findAny, renderRunReport(loaded));
  await writeFileAtomic(join(folder, "report.md"), report);
}
