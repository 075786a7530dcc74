/** Reads server-sent events and hands on the data of each as it is complete; all other fields are left out. */
export async function readServerEvents(
  chunks: AsyncIterable<string>,
  onData: (data: string) => void,
): Promise<void> {
  let rest = "";
  let data: string[] = [];
  const take = (line: string): void => {
    if (line === "") {
      if (data.length > 0) onData(data.join("\n"));
      data = [];
    } else if (line.startsWith("data:")) {
      data.push(line.slice(line[5] === " " ? 6 : 5));
    }
  };
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
}
