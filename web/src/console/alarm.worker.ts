/**
 * Rings after so many milliseconds, the newest wish only. Browsers slow the timers of a page in the background down to
 * one a minute or less, but not those of its workers.
 */
let timer: ReturnType<typeof setTimeout> | undefined;

addEventListener("message", (event: MessageEvent<number>) => {
  clearTimeout(timer);
  timer = setTimeout(() => postMessage("ring"), event.data);
});
