import { useEffect, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { navigate, useSearch, withSearch } from "../router";
import {
  announce,
  Button,
  ErrorIcon,
  KeysIcon,
  MenuButton,
  ModalDialog,
  PlusIcon,
  RedoIcon,
  TrashIcon,
  UndoIcon,
} from "../ui";
import { forget, headerKey, remember } from "./columnMemory";
import { checkColumns } from "./columns";
import { FileIssues } from "./FileIssues";
import type { Work } from "./flow";
import { Grid, type GridHandle, useSheet } from "./Grid";
import { MappingPanel } from "./MappingPanel";
import { RowCountDialog } from "./RowCountDialog";
import { SheetNotes } from "./SheetNotes";
import { ADDED_ROWS, type SheetSession } from "./session";
import { sheetTexts } from "./sheetTexts";
import { sourceLine } from "./sourceLine";
import { count, texts } from "./texts";
import { useFileDrop } from "./useFileDrop";
import type { Filter } from "./validator";

const t = texts.check;

const own = sheetTexts.byHand;

export interface CheckProps {
  work: Work;
  /** Reads the same bytes anew in another way. */
  onMapping: (mapping: string) => Promise<void>;
}

export function CheckStep({ work, onMapping }: CheckProps) {
  const { session } = work;
  const state = useSheet(session);
  const grid = useRef<GridHandle>(null);
  const [help, setHelp] = useState(false);
  const [adding, setAdding] = useState(false);
  const mapping = useSearch().get("columns") === "change" && work.bytes !== null;
  const byHand = work.bytes === null;
  const columns = checkColumns(session.info, byHand);
  const errors = state.issues.filter((issue) => issue.severity === "error");
  const problems = state.counts.refused + state.marked;

  // The keyboard goes into the grid when a sheet was opened.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per sheet
  useEffect(() => {
    if (!mapping) grid.current?.focus();
  }, [session, mapping]);

  // What is corrected here is not lost to a file that was meant for the step before.
  useFileDrop(null);

  // F8 works from everywhere in this step.
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key !== "F8" || event.defaultPrevented) return;
      event.preventDefault();
      void grid.current?.nextProblem(event.shiftKey);
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);

  const toMapping = (open: boolean) =>
    void navigate(withSearch({ columns: open ? "change" : null }), { replace: !open });

  if (mapping && work.bytes !== null) {
    return (
      <MappingPanel
        bytes={work.bytes}
        session={session}
        onApply={async (how, info) => {
          await onMapping(how);
          const key = headerKey(work.organization?.id ?? null, info);
          if (key !== null) remember(key, info);
          toMapping(false);
        }}
        onClose={() => toMapping(false)}
      />
    );
  }

  /** The columns as they were chosen last time are wrong here. */
  const readAfresh = async () => {
    const key = headerKey(work.organization?.id ?? null, session.info);
    if (key !== null) forget(key);
    await onMapping("{}");
    announce(sheetTexts.mapping.forgotten);
  };
  // As many empty rows as the rules and the sheet have room for.
  const left = (work.facts.rowLimit ?? Number.MAX_SAFE_INTEGER) - session.size;
  const room = Math.max(0, Math.min(left, ADDED_ROWS - session.emptyRows));
  const add = async (rows: number) => {
    await addRows(session, rows, grid.current);
    announce(own.added(rows));
  };

  const tabs: { filter: Filter; label: string; n: number }[] = [
    { filter: "all", label: t.all, n: state.counts.rows },
    { filter: "problems", label: t.problems, n: problems },
    { filter: "corrected", label: t.corrected, n: state.counts.corrected },
  ];

  return (
    <div className="check-step">
      <div className="check-line">
        <span className="check-source">{sourceLine(session.info, byHand)}</span>
        {!byHand && (
          <Button look="quiet" onPress={() => toMapping(true)}>
            {session.info.sheets.length > 1 ? sheetTexts.mapping.changeSheet : t.change}
          </Button>
        )}
      </div>
      {errors.length > 0 && (
        <div className="problem" role="alert">
          <ErrorIcon />
          <div className="problem-body">
            <div className="problem-title">{texts.confirm.blockedFile}</div>
            <FileIssues issues={errors} />
            {!byHand && errors.some((issue) => issue.code === "column_missing") && (
              <div className="row">
                <Button onPress={() => toMapping(true)}>{t.change}</Button>
              </div>
            )}
          </div>
        </div>
      )}
      <SheetNotes
        session={session}
        onForget={work.remembered ? () => void readAfresh() : null}
        onColumns={byHand ? null : () => toMapping(true)}
        onShow={(at) => void grid.current?.show(at)}
      />
      <div className="check-tools">
        <FilterTabs session={session} tabs={tabs} />
        <div className="check-actions">
          {state.selection.ticked.size > 0 && (
            <>
              <Button icon={<TrashIcon />} onPress={() => void removeTicked(session)}>
                {t.removeTicked(state.selection.ticked.size)}
              </Button>
              <Button look="quiet" onPress={() => session.tickNone()}>
                {t.untick}
              </Button>
            </>
          )}
          <Button disabled={problems === 0} onPress={() => void grid.current?.nextProblem(false)}>
            {t.next} <kbd>F8</kbd>
          </Button>
          <Button
            look="quiet"
            icon={<UndoIcon />}
            label={t.undo}
            shortcut="Ctrl Z"
            disabled={!state.undoable}
            onPress={() => void session.undo().then(() => announce(t.undone))}
          />
          <Button
            look="quiet"
            icon={<RedoIcon />}
            label={t.redo}
            shortcut="Ctrl Shift Z"
            disabled={!state.redoable}
            onPress={() => void session.redo().then(() => announce(t.redone))}
          />
          <AddRows byHand={byHand} room={room} onAdd={(rows) => void add(rows)} onOther={() => setAdding(true)} />
          <Button
            look="quiet"
            className="check-keys"
            icon={<KeysIcon />}
            label={t.keys}
            shortcut="?"
            onPress={() => setHelp(true)}
          />
        </div>
      </div>
      <Grid
        ref={grid}
        session={session}
        columns={columns}
        label={t.grid}
        editable
        typing={byHand}
        growing={byHand && room > 0}
        empty={t.emptyFilter[state.filter]}
        onHelp={() => setHelp(true)}
      />
      {help && <KeysDialog typing={byHand} onClose={() => setHelp(false)} />}
      {adding && (
        <RowCountDialog
          title={own.addTitle}
          limit={room}
          usual={50}
          button={own.addButton}
          onClose={() => setAdding(false)}
          onCount={(rows) => {
            setAdding(false);
            void add(rows);
          }}
        />
      )}
    </div>
  );
}

export function FilterTabs({
  session,
  tabs,
}: {
  session: SheetSession;
  tabs: readonly { filter: Filter; label: string; n: number }[];
}) {
  const { filter } = useSheet(session);
  return (
    <fieldset className="tabs check-tabs">
      <legend className="visually-hidden">{t.filters}</legend>
      {tabs.map((tab) => (
        <button
          key={tab.filter}
          type="button"
          className="tab"
          aria-pressed={filter === tab.filter}
          onClick={() => void session.filter(tab.filter)}
        >
          {tab.label} <span className="count">{count(tab.n)}</span>
        </button>
      ))}
    </fieldset>
  );
}

async function removeTicked(session: SheetSession): Promise<void> {
  const removed = session.snapshot().selection.ticked.size;
  await session.removeTicked();
  announce(t.removedNow(removed));
}

/** Some more empty rows at the end; for rows entered by hand the button says so in words. */
function AddRows(props: { byHand: boolean; room: number; onAdd: (rows: number) => void; onOther: () => void }) {
  return (
    <MenuButton
      placement="bottom end"
      groups={[
        {
          title: own.addTitle,
          entries: [
            ...[1, 5, 20].map((rows) => ({
              id: String(rows),
              label: own.addMany(rows),
              disabled: rows > props.room,
              onPress: () => props.onAdd(rows),
            })),
            { id: "other", label: own.addOther, disabled: props.room === 0, onPress: props.onOther },
          ],
        },
      ]}
    >
      <AriaButton
        className="button"
        data-look={props.byHand ? "plain" : "quiet"}
        {...(props.byHand ? {} : { "data-square": "", "aria-label": own.add })}
      >
        <PlusIcon />
        {props.byHand && own.add}
      </AriaButton>
    </MenuButton>
  );
}

async function addRows(session: SheetSession, rows: number, grid: GridHandle | null): Promise<void> {
  if (session.snapshot().filter !== "all") await session.filter("all");
  const at = session.snapshot().listed.length;
  await session.addRows(rows);
  session.focus({ position: at, field: session.info.fields[0]?.field ?? null });
  grid?.focus();
}

function KeysDialog({ typing, onClose }: { typing: boolean; onClose: () => void }) {
  // Where rows are typed in, a letter is a letter.
  const list = texts.keys.list
    .map(([keys, what]) => ({ keys: typing ? keys.filter((key) => key.length > 1) : keys, what }))
    .filter(({ keys }) => keys.length > 0);
  return (
    <ModalDialog title={texts.keys.title} onClose={onClose}>
      <dl className="keys">
        {list.map(({ keys, what }) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </ModalDialog>
  );
}
