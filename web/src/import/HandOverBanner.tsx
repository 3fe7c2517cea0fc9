import { useAction } from "../api";
import { useKeepOrganization } from "../console/session";
import { Link } from "../router";
import { absoluteTime, ask, Button, ImportIcon, notify, ProblemBox, Progress } from "../ui";
import { WAITS_MS } from "./shelf";
import { handOver as t } from "./uploadTexts";
import { handOvers, useHandOvers, useWaiting, type Waiting } from "./useHandOver";

/** What was begun to hand over in this browser and is not finished: continue it, or give it up. */
export function HandOverBanner() {
  const mine = useHandOvers();
  const waiting = useWaiting();
  const here = [...mine.values()].filter(({ stage }) => stage.at !== "over");
  if (here.length === 0 && waiting.length === 0) return null;
  return (
    <section className="hand-overs" aria-label={t.bannerTitle}>
      {here.map(({ about, done, stage }) => (
        <Banner
          key={about.key}
          waiting={{ about, sent: stage.at === "packing" ? 0 : done }}
          going={stage.at === "sending" || stage.at === "packing"}
        />
      ))}
      {waiting.map((each) => (
        <Banner key={each.about.key} waiting={each} going={false} />
      ))}
    </section>
  );
}

function Banner({ waiting, going }: { waiting: Waiting; going: boolean }) {
  const { about, sent } = waiting;
  const keep = useKeepOrganization();
  const giveUp = useAction(async () => {
    const sure = await ask({
      title: t.giveUpTitle,
      body: t.giveUpBody,
      confirm: t.giveUpConfirm,
      cancel: t.giveUpCancel,
    });
    if (!sure) return;
    await handOvers.open(about.key, about.by);
    await handOvers.giveUp(about.key);
    notify(t.givenUp(about.name));
  });
  const until = absoluteTime(new Date(about.since + WAITS_MS).toISOString());
  const to = keep("/import/result", { upload: about.key });
  return (
    <div className="hand-over">
      <ImportIcon />
      <div className="hand-over-words">
        <strong>
          <bdi>{about.name}</bdi>
          {about.organization !== null && t.inOrganization(about.organization.name)}
        </strong>
        {going ? (
          <>
            <Progress label={t.sending} value={sent} total={about.total} />
            <span className="muted numeric">{t.sent(sent, about.total)}</span>
          </>
        ) : (
          <span className="muted">
            {sent === 0 ? t.bannerUnsent(about.total, until) : t.bannerState(sent, about.total, until)}
          </span>
        )}
        {giveUp.problem !== undefined && <ProblemBox problem={giveUp.problem} />}
      </div>
      <Link to={to} className="button" {...(going ? {} : { "data-look": "primary" })}>
        {going ? t.show : sent === 0 ? t.resume : t.continueAt(sent, about.total)}
      </Link>
      {!going && (
        <Button look="quiet" busy={giveUp.busy} onPress={() => void giveUp.run()}>
          {t.giveUp}
        </Button>
      )}
    </div>
  );
}
