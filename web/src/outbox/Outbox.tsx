import { useCallback, useEffect, useMemo, useState } from "react";
import { request } from "../api/client";
import { useAction, useLoad } from "../api/use";
import { Link, useSearchState, withSearch } from "../router";
import { texts } from "../texts/en";
import { notify } from "../ui/announce";
import { Button, CopyButton } from "../ui/controls";
import { MailIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { absoluteTime, setServerTime, Time } from "../ui/time";

interface Mail {
  /** Text messages have neither subject nor HTML, and nothing happens to them afterwards. */
  kind: "mail" | "text";
  id: string;
  to: string;
  from?: string;
  subject: string;
  text: string;
  html: string;
  links: string[];
  sent_at: string;
  events?: { type: string; at: string }[];
}

/** So many are shown; a big import sends more than anyone reads. */
const SHOWN = 300;
const EVENTS = ["delivered", "bounced", "complained"] as const;

/** What the dev server sent, as its readers would see it; its clock; and the first administrator's code. */
export function Outbox() {
  const [search, setSearch] = useSearchState();
  const load = useCallback(
    async (signal: AbortSignal) =>
      (await request<Mail[]>("GET", "/dev/outbox", { query: { limit: SHOWN }, signal })).reverse(),
    [],
  );
  const { data, problem, reload } = useLoad(load, 2000);
  const [typed, setTyped] = useState(search.get("q") ?? "");
  const needle = typed.trim().toLowerCase();
  const mails = useMemo(
    () => (data ?? []).filter((mail) => `${mail.to} ${title(mail)}`.toLowerCase().includes(needle)),
    [data, needle],
  );
  const id = search.get("mail");
  const mail = data?.find((entry) => entry.id === id);
  return (
    <div className="outbox">
      <header className="outbox-head">
        <div className="row">
          <img src="/icon.svg" width="22" height="22" alt="" />
          <h1>{texts.outbox.title}</h1>
          <span className="grow" />
          <a className="button" href="/">
            {texts.outbox.console}
          </a>
        </div>
        <p className="muted">{texts.outbox.intro}</p>
        <div className="tools">
          <Account />
          <Clock onMoved={reload} />
        </div>
      </header>
      <main className="outbox-main" data-open={mail ? "" : undefined}>
        <nav className="mails" aria-label={texts.outbox.list}>
          <div className="mails-search">
            <input
              className="input"
              type="search"
              aria-label={texts.outbox.search}
              placeholder={texts.outbox.search}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setSearch({ q: event.target.value || null }, { replace: true });
              }}
            />
          </div>
          {problem && <ProblemBox problem={problem} retry={reload} />}
          {data && data.length === 0 && (
            <div className="empty">
              <MailIcon size={24} />
              <h2>{texts.outbox.empty}</h2>
              <p>{texts.outbox.emptyBody}</p>
            </div>
          )}
          {data && data.length > 0 && mails.length === 0 && <p className="muted note">{texts.outbox.noMatch}</p>}
          <ul>
            {mails.map((entry) => (
              <li key={entry.id}>
                <Link
                  to={withSearch({ mail: entry.id })}
                  className="mail-link"
                  aria-current={entry.id === id ? "true" : undefined}
                >
                  <span className="mail-to">{entry.to}</span>
                  <span className="mail-time muted">
                    <Time at={entry.sent_at} />
                  </span>
                  <span className="mail-subject">{title(entry)}</span>
                  {entry.events?.at(-1) && (
                    <span className="muted mail-event">{texts.outbox.events[entry.events.at(-1)?.type ?? ""]}</span>
                  )}
                </Link>
              </li>
            ))}
          </ul>
          {data && data.length >= SHOWN && <p className="muted note">{texts.outbox.newest(SHOWN)}</p>}
        </nav>
        {mail ? (
          <Reader key={mail.id} mail={mail} onPlayed={reload} />
        ) : (
          <p className="reader-none muted">{data && data.length > 0 ? texts.outbox.choose : null}</p>
        )}
      </main>
    </div>
  );
}

/** What stands for a message in the list. */
function title(mail: Mail): string {
  return mail.kind === "text" ? `${texts.outbox.textMessage}: ${mail.text}` : mail.subject;
}

function Reader({ mail, onPlayed }: { mail: Mail; onPlayed: () => void }) {
  const [search, setSearch] = useSearchState();
  const isMail = mail.kind === "mail";
  const text = !isMail || search.get("view") === "text";
  const body = text ? <Linked text={mail.text} /> : <Html html={mail.html} title={mail.subject} />;
  const play = useAction(async (type: string) => {
    await request("POST", "/dev/mail-events", { json: { id: mail.id, type } });
    notify(texts.outbox.played(texts.outbox.events[type] ?? type));
    onPlayed();
  });
  return (
    <article className="reader" aria-label={texts.outbox.mail}>
      <div className="reader-head">
        <h2>{mail.kind === "text" ? texts.outbox.textMessage : mail.subject}</h2>
        <dl className="reader-facts">
          {mail.from && (
            <>
              <dt>{texts.outbox.from}</dt>
              <dd>{mail.from}</dd>
            </>
          )}
          <dt>{texts.outbox.to}</dt>
          <dd>{mail.to}</dd>
          <dt>{texts.outbox.sent}</dt>
          <dd>{absoluteTime(mail.sent_at)}</dd>
        </dl>
        {isMail && (
          <div className="row wrap">
            <span className="muted">{texts.outbox.play}</span>
            {EVENTS.map((type) => (
              <Button key={type} busy={play.busy} onPress={() => void play.run(type)}>
                {texts.outbox.events[type]}
              </Button>
            ))}
          </div>
        )}
        {play.problem && <ProblemBox problem={play.problem} />}
        {isMail && (
          <div className="tabs" role="tablist" aria-label={texts.outbox.view}>
            {(["html", "text"] as const).map((view) => (
              <button
                key={view}
                type="button"
                role="tab"
                className="tab"
                aria-selected={(view === "text") === text}
                aria-controls="mail-body"
                onClick={() => setSearch({ view: view === "text" ? "text" : null }, { replace: true })}
              >
                {texts.outbox[view]}
              </button>
            ))}
          </div>
        )}
      </div>
      {isMail ? (
        <div
          className="reader-body"
          id="mail-body"
          role="tabpanel"
          aria-label={text ? texts.outbox.text : texts.outbox.html}
        >
          {body}
        </div>
      ) : (
        <div className="reader-body">{body}</div>
      )}
      {mail.links.length > 0 && (
        <div className="reader-links">
          <h3>{texts.outbox.links}</h3>
          <ul>
            {mail.links.map((link) => (
              <li key={link}>
                <a href={link} target="_blank" rel="noreferrer">
                  {link}
                </a>
              </li>
            ))}
          </ul>
        </div>
      )}
    </article>
  );
}

/** The mail's own HTML, without scripts and without this page's rights; links open beside. */
function Html({ html, title }: { html: string; title: string }) {
  const page = html.includes("<head>")
    ? html.replace("<head>", '<head><base target="_blank">')
    : `<base target="_blank">${html}`;
  return (
    <iframe
      title={title}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      srcDoc={page}
      referrerPolicy="no-referrer"
    />
  );
}

/** The text as it is, with its addresses as links. */
function Linked({ text }: { text: string }) {
  const parts = text.split(/(https?:\/\/[^\s<>"]+)/);
  return (
    <pre className="mail-text">
      {parts.map((part, index) =>
        index % 2 === 1 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the text does not change
          <a key={index} href={part} target="_blank" rel="noreferrer">
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </pre>
  );
}

function Account() {
  const load = useCallback(
    (signal: AbortSignal) =>
      request<{ email: string; totp_code: string; valid_for_seconds: number; now: string }>("GET", "/dev/account", {
        signal,
      }),
    [],
  );
  const { data, problem } = useLoad(load, 1000);
  useEffect(() => {
    if (data) setServerTime(new Date(data.now));
  }, [data]);
  if (problem && !data) return <ProblemBox problem={problem} />;
  return (
    <section className="tool" aria-label={texts.outbox.account}>
      <span className="tool-label">{texts.outbox.account}</span>
      <span className="break">{data?.email}</span>
      <span className="tool-label">{texts.outbox.code}</span>
      <code className="totp">{data ? data.totp_code.replace(/^(...)/, "$1 ") : "··· ···"}</code>
      <span className="muted numeric">{data && texts.outbox.validFor(data.valid_for_seconds)}</span>
      <CopyButton text={data?.totp_code ?? ""} label={texts.outbox.copyCode} />
    </section>
  );
}

function Clock({ onMoved }: { onMoved: () => void }) {
  const load = useCallback((signal: AbortSignal) => request<{ now: string }>("GET", "/dev/clock", { signal }), []);
  const { data, reload } = useLoad(load, 1000);
  const move = useAction(async (by: string, name: string) => {
    await request("POST", "/dev/clock", { json: { advance: by } });
    reload();
    onMoved();
    notify(texts.outbox.moved(name));
  });
  const steps = [
    ["PT1H", texts.outbox.hour],
    ["PT25H", texts.outbox.day],
    ["PT360H", texts.outbox.fortnight],
  ] as const;
  return (
    <section className="tool" aria-label={texts.outbox.clock}>
      <span className="tool-label">{texts.outbox.clock}</span>
      <span className="numeric">{data ? absoluteTime(data.now) : null}</span>
      <span className="tool-label">{texts.outbox.move}</span>
      {steps.map(([by, name]) => (
        <Button key={by} busy={move.busy} onPress={() => void move.run(by, name)}>
          {name}
        </Button>
      ))}
      {move.problem && <ProblemBox problem={move.problem} />}
    </section>
  );
}
