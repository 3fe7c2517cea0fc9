import { openSheet } from "@rollcall/validator/client";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { type ApiProblem, asProblem } from "../api";
import { announce, Button, Checkbox, ProblemBox, SelectField, WarningIcon } from "../ui";
import "./mapping.css";
import { mappingOf, missingColumns, rollcallColumn, type SheetColumn, sheetColumns, withField } from "./reading";
import type { SheetSession } from "./session";
import { sheetTexts } from "./sheetTexts";
import { texts } from "./texts";
import type { Counts, Mapping, SheetInfo } from "./validator";

const t = texts.mapping;
const own = sheetTexts.mapping;
const UNUSED = "-";

interface Reading {
  readonly info: SheetInfo;
  readonly counts: Counts;
}

/** What each column of the sheet is, with its first values; every choice is tried at once on the sheet itself. */
export function MappingPanel(props: {
  bytes: Uint8Array;
  session: SheetSession;
  /** Reads the sheet like this; `info` is what that comes to. */
  onApply: (mapping: string, info: SheetInfo) => Promise<void>;
  onClose: () => void;
}) {
  const { bytes, session } = props;
  const [mapping, setMapping] = useState<Mapping | null>(null);
  const [reading, setReading] = useState<Reading>({ info: session.info, counts: session.snapshot().counts });
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [trying, setTrying] = useState(false);
  const [busy, setBusy] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  // What a choice leads to is seen before it is taken.
  useEffect(() => {
    if (mapping === null) return;
    let current = true;
    setTrying(true);
    void (async () => {
      try {
        const sheet = await openSheet(bytes, session.profile, { mapping: JSON.stringify(mapping) });
        const [info, counts] = await Promise.all([sheet.info(), sheet.counts()]);
        void sheet.free();
        if (current) setReading({ info: JSON.parse(info), counts: JSON.parse(counts) });
      } catch (error) {
        if (current) setProblem(asProblem(error));
      } finally {
        if (current) setTrying(false);
      }
    })();
    return () => {
      current = false;
    };
  }, [mapping, bytes, session]);

  const { info, counts } = reading;
  // What was chosen is shown at once, what it leads to when it was tried. What a new worksheet or separator makes of
  // the columns has to be waited for.
  const wanted: Mapping = { ...mappingOf(info), ...mapping };
  const unknown = trying && mapping?.columns === undefined;
  const columns = sheetColumns(info).map((column) => ({ ...column, field: wanted.columns?.[column.index] ?? null }));
  const missing = missingColumns(info);
  const missingAtFirst = useRef(missingColumns(session.info)).current;
  const choose = (next: Mapping) => {
    setProblem(null);
    setMapping(next);
  };
  const setColumn = (column: SheetColumn, field: string | null) =>
    choose({ ...wanted, columns: withField(columns, column.index, field) });

  const apply = async () => {
    if (mapping === null) return;
    setBusy(true);
    try {
      await props.onApply(JSON.stringify(mappingOf(info)), info);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  // Esc leaves things as they were; in an open list it closes the list.
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== "Escape" || event.defaultPrevented || !event.currentTarget.contains(event.target as Node)) return;
    event.preventDefault();
    props.onClose();
  };

  const outcome = counts.rows === 0 ? own.nobody : t.outcome(counts.accepted + counts.corrected, counts.refused);
  const still = missing.length === 0 ? own.complete : own.stillMissing(missing);
  useEffect(() => {
    if (mapping !== null && !trying) announce(`${outcome} ${still}`);
  }, [mapping, trying, outcome, still]);

  const { sheets } = info;
  return (
    <section className="mapping" aria-labelledby="mapping-title" onKeyDown={onKeyDown}>
      <div>
        <h2 id="mapping-title" ref={heading} tabIndex={-1} aria-describedby="mapping-lead">
          {t.title}
        </h2>
        <p id="mapping-lead" className="muted">
          {missingAtFirst.length === 0
            ? own.lead.nothing
            : missingAtFirst.length === 1
              ? own.lead.missing(missingAtFirst)
              : own.lead.missingMany(missingAtFirst)}
        </p>
      </div>
      <div className="mapping-choices">
        {sheets.length > 1 && (
          <SelectField
            label={own.sheet}
            value={wanted.sheet ?? null}
            // Another worksheet has other columns: what they mean is found anew.
            onChange={(sheet) => choose({ sheet })}
            options={sheets.map(({ name, rows }) => ({ id: name, name, description: own.sheetRows(rows) }))}
          />
        )}
        {info.source.format === "text" && (
          <SelectField
            label={t.delimiter}
            value={wanted.delimiter ?? null}
            placeholder={columns.length > 1 ? own.addressList : own.noDelimiter}
            // Other separators make other columns: what they mean is found anew.
            onChange={(delimiter) => choose({ delimiter })}
            options={Object.entries(t.delimiterNames).map(([id, name]) => ({ id, name }))}
          />
        )}
        <div className="mapping-header">
          <Checkbox isSelected={wanted.header ?? false} onChange={(header) => choose({ ...wanted, header })}>
            {t.header}
          </Checkbox>
          <p className="field-hint">{t.headerHint}</p>
        </div>
      </div>
      {problem !== null && <ProblemBox problem={problem} />}
      <div className="mapping-table" aria-busy={trying || undefined}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t.column}</th>
              <th scope="col">{t.samples}</th>
              <th scope="col">{t.meaning}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <ColumnRow
                key={column.index}
                column={column}
                columns={columns}
                fields={info.fields}
                disabled={unknown}
                onField={(field) => setColumn(column, field)}
              />
            ))}
          </tbody>
        </table>
      </div>
      <div className="mapping-foot">
        <div className="grow">
          <p className="numeric">
            {trying && <span className="spinner" aria-hidden="true" />} {outcome}
          </p>
          <p className={missing.length === 0 ? "muted" : "mapping-missing"}>
            {missing.length > 0 && <WarningIcon size={14} />} {still}
          </p>
          {session.snapshot().edited && <p className="field-note">{t.losesEdits}</p>}
        </div>
        <Button onPress={props.onClose}>{t.keep}</Button>
        <Button
          look="primary"
          busy={busy || trying}
          disabled={mapping === null || counts.rows === 0}
          onPress={() => void apply()}
        >
          {t.apply}
        </Button>
      </div>
    </section>
  );
}

function ColumnRow(props: {
  column: SheetColumn;
  columns: readonly SheetColumn[];
  fields: SheetInfo["fields"];
  disabled: boolean;
  onField: (field: string | null) => void;
}) {
  const { column, fields } = props;
  const name = column.title === "" ? t.untitled(column.index + 1) : column.title;
  const special = rollcallColumn(column.title);
  // Nobody has to read these to know what they are.
  const hidden = column.field === "password";
  const readFrom = new Map(
    props.columns.flatMap((other) =>
      other.field === null || other.index === column.index ? [] : [[other.field, other] as const],
    ),
  );
  return (
    <tr data-unused={column.field === null || undefined}>
      <th scope="row">
        <bdi>{name}</bdi>
      </th>
      <td>
        <span className="mapping-samples">
          {[0, 1, 2].map((at) => (
            <bdi key={at} title={hidden ? undefined : column.samples[at]}>
              {column.samples[at] === undefined ? "" : hidden ? "•••" : column.samples[at]}
            </bdi>
          ))}
        </span>
      </td>
      <td>
        {special !== null ? (
          <span className="muted">{special === "row" ? own.rowNumber : own.errorsOfRow}</span>
        ) : (
          <SelectField
            quiet
            label={`${t.meaning}: ${name}`}
            value={column.field ?? UNUSED}
            disabled={props.disabled}
            onChange={(field) => props.onField(field === UNUSED ? null : field)}
            options={[
              { id: UNUSED, name: t.unused },
              ...fields.map((field) => {
                const other = readFrom.get(field.field);
                const option = { id: field.field, name: field.required ? `${field.title} *` : field.title };
                return other === undefined
                  ? option
                  : { ...option, description: own.nowFrom(other.title || t.untitled(other.index + 1)) };
              }),
            ]}
          />
        )}
      </td>
    </tr>
  );
}
