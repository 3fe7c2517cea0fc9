import { openSheet } from "@rollcall/validator/client";
import { useEffect, useRef, useState } from "react";
import { type ApiProblem, asProblem } from "../api";
import { Button, Checkbox, ProblemBox, SelectField } from "../ui";
import type { SheetSession } from "./session";
import { texts } from "./texts";
import type { Counts, Mapping, SheetInfo } from "./validator";

const t = texts.mapping;
const UNUSED = "-";

interface Reading {
  readonly info: SheetInfo;
  readonly counts: Counts;
}

interface SheetColumn {
  readonly index: number;
  readonly title: string;
  readonly samples: readonly string[];
  readonly field: string | null;
}

/** The sheet's own columns, in its order, with what each is read as. */
export function sheetColumns(info: SheetInfo): SheetColumn[] {
  const used = info.columns.flatMap((column) => (column.index === null ? [] : [{ ...column, index: column.index }]));
  const unused = info.unmapped.map((column) => ({ ...column, field: null }));
  return [...used, ...unused].sort((a, b) => a.index - b.index);
}

/** The same columns with one of them read as another field; a field belongs to one column only. */
export function withField(columns: readonly SheetColumn[], index: number, field: string | null): (string | null)[] {
  const width = Math.max(-1, ...columns.map((column) => column.index)) + 1;
  const fields: (string | null)[] = Array.from({ length: width }, () => null);
  for (const column of columns) {
    if (column.index === index) fields[column.index] = field;
    else fields[column.index] = column.field === field ? null : column.field;
  }
  return fields;
}

export function MappingPanel(props: {
  bytes: Uint8Array;
  session: SheetSession;
  onApply: (mapping: string) => Promise<void>;
  onClose: () => void;
}) {
  const { bytes, session } = props;
  const [mapping, setMapping] = useState<Mapping | null>(null);
  const [reading, setReading] = useState<Reading>({ info: session.info, counts: session.snapshot().counts });
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  // Every choice is tried at once on the sheet itself, so what it leads to is seen before it is taken.
  useEffect(() => {
    if (mapping === null) return;
    let current = true;
    void (async () => {
      try {
        const sheet = await openSheet(bytes, session.profile, { mapping: JSON.stringify(mapping) });
        const [info, counts] = await Promise.all([sheet.info(), sheet.counts()]);
        void sheet.free();
        if (current) setReading({ info: JSON.parse(info), counts: JSON.parse(counts) });
      } catch (error) {
        if (current) setProblem(asProblem(error));
      }
    })();
    return () => {
      current = false;
    };
  }, [mapping, bytes, session]);

  const { info, counts } = reading;
  const columns = sheetColumns(info);
  const fields = columns.length === 0 ? [] : withField(columns, -1, null);
  const set = (patch: Partial<Mapping>) => {
    setProblem(null);
    setMapping((old) => ({
      header: info.source.header,
      ...(info.source.delimiter === null ? {} : { delimiter: info.source.delimiter }),
      ...old,
      ...patch,
    }));
  };

  return (
    <section className="mapping" aria-labelledby="mapping-title">
      <h2 id="mapping-title" ref={heading} tabIndex={-1}>
        {t.title}
      </h2>
      <div className="mapping-choices">
        <SelectField
          label={t.delimiter}
          value={info.source.delimiter}
          // Other separators make other columns: what they mean is found anew.
          onChange={(delimiter) => setMapping({ header: info.source.header, delimiter })}
          options={Object.entries(t.delimiterNames).map(([id, name]) => ({ id, name }))}
        />
        <div>
          <Checkbox isSelected={info.source.header} onChange={(header) => set({ header, columns: fields })}>
            {t.header}
          </Checkbox>
          <p className="field-hint">{t.headerHint}</p>
        </div>
      </div>
      {problem !== null && <ProblemBox problem={problem} />}
      <div className="table-scroll mapping-table">
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
              <tr key={column.index}>
                <th scope="row">{column.title === "" ? t.untitled(column.index + 1) : column.title}</th>
                <td>
                  <span className="mapping-samples">
                    {column.samples.slice(0, 3).map((sample, at) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: samples may be equal and never move
                      <bdi key={at}>{sample}</bdi>
                    ))}
                  </span>
                </td>
                <td>
                  <SelectField
                    quiet
                    label={`${t.meaning}: ${column.title || t.untitled(column.index + 1)}`}
                    value={column.field ?? UNUSED}
                    onChange={(field) =>
                      set({ columns: withField(columns, column.index, field === UNUSED ? null : field) })
                    }
                    options={[
                      { id: UNUSED, name: t.unused },
                      ...info.fields.map((field) => ({
                        id: field.field,
                        name: field.required ? `${field.title} *` : field.title,
                      })),
                    ]}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="mapping-foot">
        <div className="grow">
          <p role="status" className="numeric">
            {t.outcome(counts.accepted + counts.corrected, counts.refused)}
          </p>
          {session.snapshot().edited && <p className="field-note">{t.losesEdits}</p>}
        </div>
        <Button onPress={props.onClose}>{t.keep}</Button>
        <Button
          look="primary"
          busy={busy}
          disabled={mapping === null}
          onPress={() => {
            if (mapping === null) return;
            setBusy(true);
            void props
              .onApply(JSON.stringify({ ...mapping, columns: fields }))
              .catch((error: unknown) => setProblem(asProblem(error)))
              .finally(() => setBusy(false));
          }}
        >
          {t.apply}
        </Button>
      </div>
    </section>
  );
}
