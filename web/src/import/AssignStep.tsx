import { useRef, useState } from "react";
import { useAction } from "../api";
import { announce, Button, Checkbox, ErrorIcon, notify, SelectField, TrashIcon, UndoIcon } from "../ui";
import { Choices } from "../ui/Choices";
import { type Lists, useLists } from "../users/useLists";
import { assignTexts } from "./assignTexts";
import { FilterTabs } from "./CheckStep";
import { assignableFields, assignColumns } from "./columns";
import type { Work } from "./flow";
import { Grid, type GridHandle, useSheet } from "./Grid";
import { beside, isProperties } from "./giving";
import { ListChoice, optionLabel, PropertyChoice } from "./ListChoice";
import { RowDialog } from "./RowDialog";
import { tickedPositions } from "./selection";
import type { SheetSession } from "./session";
import { texts } from "./texts";
import type { FieldInfo, Filter } from "./validator";

const t = texts.assign;
const own = assignTexts;
/** A list of so few is shown whole. */
const FEW = 6;

export function AssignStep({ work }: { work: Work }) {
  const { session } = work;
  const state = useSheet(session);
  const grid = useRef<GridHandle>(null);
  const lists = useLists(work.organization?.id);
  const [menu, setMenu] = useState<number | null>(null);
  const fields = assignableFields(session.info);
  const columns = assignColumns(session.info, work.bytes === null);
  if (fields.length === 0) return <p className="notice">{t.none}</p>;

  const open = state.counts.without_role;
  const ticked = state.selection.ticked.size;
  const tabs: { filter: Filter; label: string; n: number }[] = [
    { filter: "all", label: t.all, n: state.counts.rows },
    ...(session.info.needs_role || open > 0
      ? [{ filter: "without_role" as const, label: t.withoutRole, n: open }]
      : []),
  ];
  const removeTicked = async () => {
    await session.removeTicked();
    announce(own.removed(ticked));
  };
  return (
    <div className="assign">
      <div className="assign-panel">
        {fields.slice(0, 1).map((field) => (
          <GivePanel key={field.field} field={field} session={session} lists={lists} />
        ))}
        <p className="muted">{own.howTo}</p>
        {fields.slice(1).map((field) => (
          <details key={field.field} className="give-more">
            <summary>{field.title}</summary>
            <GivePanel field={field} session={session} lists={lists} />
          </details>
        ))}
      </div>
      <div className="assign-sheet">
        <div className="check-tools">
          <FilterTabs session={session} tabs={tabs} />
          <div className="check-actions">
            <p className="assign-state" role="status">
              {!work.facts.rolesRequired ? (
                <span className="muted">{t.optional}</span>
              ) : open === 0 ? (
                <span className="muted">{t.complete}</span>
              ) : (
                <>
                  <span className="assign-open">
                    <ErrorIcon size={14} /> {t.open(open)}
                  </span>
                  {state.filter !== "without_role" && (
                    <Button
                      look="quiet"
                      onPress={() => void session.filter("without_role").then(() => grid.current?.focus())}
                    >
                      {t.showOpen}
                    </Button>
                  )}
                </>
              )}
            </p>
            {ticked > 0 && (
              <>
                <Button icon={<TrashIcon />} onPress={() => void removeTicked()}>
                  {own.removeTicked(ticked)}
                </Button>
                <Button look="quiet" onPress={() => session.tickNone()}>
                  {texts.check.untick}
                </Button>
              </>
            )}
            <Button
              look="quiet"
              icon={<UndoIcon />}
              label={texts.check.undo}
              shortcut="Ctrl Z"
              disabled={!state.undoable}
              onPress={() => void session.undo().then(() => announce(texts.check.undone))}
            />
          </div>
        </div>
        <Grid
          ref={grid}
          session={session}
          columns={columns}
          label={texts.check.grid}
          editable={false}
          empty={texts.check.emptyFilter[state.filter]}
          onMenu={setMenu}
        />
      </div>
      {menu !== null && (
        <RowDialog
          key={menu}
          session={session}
          position={menu}
          fields={fields}
          lists={lists}
          onClose={() => {
            setMenu(null);
            requestAnimationFrame(() => grid.current?.focus());
          }}
        />
      )}
    </div>
  );
}

/** One list (roles, groups, …): what to give, and to whom. */
function GivePanel({ field, session, lists }: { field: FieldInfo; session: SheetSession; lists: Lists }) {
  const state = useSheet(session);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [property, setProperty] = useState<string | null>(null);
  // A role replaces a role; groups, courses and properties come to those that there are.
  const [keep, setKeep] = useState(field.field !== "role");
  const { counts, selection } = state;
  const ticked = selection.ticked.size;
  const open = counts.without_role;
  const toOpen = field.field === "role" && ticked === 0 && open > 0 && open < counts.rows;
  const few = !field.multiple && (field.options?.length ?? 0) <= FEW;

  const give = useAction(async (values: readonly string[], positions: Uint32Array | null) => {
    const to = positions ?? (await session.everyone());
    const n = to?.length ?? session.snapshot().counts.rows;
    const assignments =
      field.multiple && keep && values.length > 0
        ? await beside(session, field.field, values, to)
        : [{ field: field.field, values, positions: to }];
    if (assignments.length === 0) {
      notify(own.nothingNew);
      return;
    }
    await session.assign(assignments);
    const names = values.map((name) => optionLabel(field.field, name)).join(", ");
    notify(values.length === 0 ? own.taken(field.title, n) : t.given(names, n));
    if (positions !== null && ticked > 0) session.tickNone();
  });
  const tickedNow = () => tickedPositions(session.snapshot().selection);
  const none = chosen.length === 0;
  const known = lists.properties?.find(({ id }) => id === property);

  return (
    <section className="give" aria-label={field.title}>
      {isProperties(field) ? (
        <>
          <SelectField
            label={own.property}
            value={property}
            onChange={(id) => {
              setProperty(id);
              setChosen([]);
            }}
            placeholder={own.chooseProperty}
            options={(lists.properties ?? []).map(({ id, name }) => ({ id, name }))}
          />
          {known !== undefined && (
            <PropertyChoice
              key={known.id}
              property={known}
              label={own.propertyOf(known.name)}
              entries={chosen}
              onChange={setChosen}
            />
          )}
        </>
      ) : few ? (
        <Choices
          label={field.title}
          value={chosen[0] ?? ""}
          onChange={(name) => setChosen([name])}
          options={(field.options ?? []).map(({ name }) => ({ id: name, name: optionLabel(field.field, name) }))}
        />
      ) : (
        <ListChoice field={field} value={chosen} groups={lists.groups} clearable={false} onChange={setChosen} />
      )}
      {field.multiple && !isProperties(field) && (
        <Checkbox isSelected={keep} onChange={setKeep}>
          {own.keep}
        </Checkbox>
      )}
      <div className="give-actions">
        {ticked > 0 && (
          <Button look="primary" busy={give.busy} disabled={none} onPress={() => void give.run(chosen, tickedNow())}>
            {t.ticked(ticked)}
          </Button>
        )}
        {toOpen && (
          <Button
            look="primary"
            busy={give.busy}
            disabled={none}
            onPress={() => void session.positions("without_role").then((open) => give.run(chosen, open))}
          >
            {t.toListed(open)}
          </Button>
        )}
        <Button
          look={ticked > 0 || toOpen ? "plain" : "primary"}
          busy={give.busy}
          disabled={none || counts.rows === 0}
          onPress={() => void give.run(chosen, null)}
        >
          {t.everyone(counts.rows)}
        </Button>
        {none && field.field !== "role" && counts.rows > 0 && (
          <Button look="quiet" busy={give.busy} onPress={() => void give.run([], ticked > 0 ? tickedNow() : null)}>
            {own.takeFrom(ticked > 0 ? ticked : counts.rows, ticked > 0)}
          </Button>
        )}
        {none && field.field === "role" && <p className="field-hint">{t.chooseFirst}</p>}
      </div>
    </section>
  );
}
