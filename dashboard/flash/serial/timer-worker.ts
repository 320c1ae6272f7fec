/** Says the number of a wait when its time is over. */
self.onmessage = ({ data: [id, ms] }: MessageEvent<[id: number, ms: number]>) => {
  setTimeout(() => self.postMessage(id), ms);
};
