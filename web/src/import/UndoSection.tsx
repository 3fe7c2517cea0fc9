import { api, type Import, type UndoStayed, useAction } from "../api";
import { useCan, useKeepOrganization } from "../console/session";
import { Link } from "../router";
import { absoluteTime, ask, Button, ProblemBox, Time, UndoIcon, useServerNow } from "../ui";
import { resultTexts } from "./resultTexts";
import { texts } from "./texts";

const t = resultTexts.undo;
const SHOWN = 200;

/** The way to take an import back, as long as there is one. */
export function UndoSection({ data, onUndo }: { data: Import; onUndo: () => void }) {
  const may = useCan()("imports.write");
  const now = useServerNow();
  const undo = useAction(async () => {
    const sure = await ask({
      title: t.askTitle,
      body: t.ask(data.counts.imported),
      confirm: t.confirm,
      cancel: t.keep,
      danger: true,
    });
    if (!sure) return;
    await api.undoImport(data.id);
    onUndo();
  });
  const deadline = data.undo_deadline ?? null;
  if (deadline === null || data.status !== "finished" || !may) return null;
  const open = Date.parse(deadline) > now;
  return (
    <section className="undo" aria-labelledby="undo-title">
      <h2 id="undo-title">{t.title}</h2>
      {open ? (
        <>
          <p className="muted">{t.possible(absoluteTime(deadline))}</p>
          {undo.problem !== undefined && <ProblemBox problem={undo.problem} />}
          <div className="row wrap">
            <Button icon={<UndoIcon />} busy={undo.busy} onPress={() => void undo.run()}>
              {t.button}
            </Button>
            <span className="muted">
              {t.ends} <Time at={deadline} />
            </span>
          </div>
        </>
      ) : (
        <p className="muted">{t.over(absoluteTime(deadline))}</p>
      )}
    </section>
  );
}

/** What undoing took back, and whom it left. */
export function Undone({ removed, stayed }: { removed: number; stayed: readonly UndoStayed[] }) {
  const keep = useKeepOrganization();
  return (
    <section className="refused" aria-label={t.title}>
      <p>{t.removed(removed)}</p>
      {stayed.length > 0 && (
        <>
          <h2>{t.stayedTitle(stayed.length)}</h2>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <section className="table-scroll refused-table" tabIndex={0} aria-label={t.stayed}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col" className="end">
                    {texts.result.row}
                  </th>
                  <th scope="col">{t.why}</th>
                  <th scope="col">{t.person}</th>
                </tr>
              </thead>
              <tbody>
                {stayed.slice(0, SHOWN).map((each) => (
                  <tr key={`${each.row}:${each.user_id}`}>
                    <td className="end numeric">{each.row}</td>
                    <td className="refused-reason">{t.reasons[each.reason] ?? each.reason.replaceAll("_", " ")}</td>
                    <td>
                      <Link to={keep("/users", { user: each.user_id })} aria-label={t.open(each.row)}>
                        {texts.result.toPerson}
                      </Link>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {stayed.length > SHOWN && (
              <p className="refused-more muted">{texts.result.moreRefused(stayed.length - SHOWN)}</p>
            )}
          </section>
        </>
      )}
    </section>
  );
}
