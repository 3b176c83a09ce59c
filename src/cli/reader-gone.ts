/** Nobody reads any more what is printed (`| head`): no fault of the program's. */
export function onReaderGone(then: () => void): void {
  process.stdout.on("error", (thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== "EPIPE" && thrown.code !== "ERR_STREAM_DESTROYED") throw thrown;
    then();
  });
}
