import type { EndReason } from "./session";

/** What one tab of the console tells the others of this browser. */
export type News = { is: "begun"; session: string } | { is: "ended"; session: string; why: EndReason };

const CHANNEL = "rollcall.session";

export function tellTabs(news: News): void {
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(news);
  channel.close();
}

export function hearTabs(listener: (news: News) => void): () => void {
  if (typeof BroadcastChannel === "undefined") return () => {};
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", (event: MessageEvent<News>) => listener(event.data));
  return () => channel.close();
}
