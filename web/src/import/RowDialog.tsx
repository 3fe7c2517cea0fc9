import { type FormEvent, useEffect, useId, useState } from "react";
import { Button, ModalDialog, notify, Skeleton, TrashIcon } from "../ui";
import type { Lists } from "../users/useLists";
import { assignTexts as t } from "./assignTexts";
import { isProperties, valuesOf } from "./giving";
import { ListChoice, PropertyChoice } from "./ListChoice";
import type { SheetSession } from "./session";
import { cellText, type FieldInfo, type RowView } from "./validator";

type Chosen = Readonly<Record<string, readonly string[]>>;

/** A row's own menu: what it is given, whatever the others are, and out with it. */
export function RowDialog(p: {
  session: SheetSession;
  position: number;
  fields: readonly FieldInfo[];
  lists: Lists;
  onClose: () => void;
}) {
  const { session, position, fields, lists, onClose } = p;
  const [row, setRow] = useState<RowView | undefined>(() => session.row(position));
  const [changed, setChanged] = useState<Chosen>({});
  const form = useId();
  useEffect(() => {
    let current = true;
    void session.rowNow(position).then((now) => {
      if (current) setRow(now);
    });
    return () => {
      current = false;
    };
  }, [session, position]);

  const chosenFor = (field: string) => changed[field] ?? valuesOf(row?.cells[field]);
  const set = (field: string, values: readonly string[]) => setChanged((old) => ({ ...old, [field]: values }));
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const assignments = Object.entries(changed).map(([field, values]) => ({
      field,
      values,
      positions: Uint32Array.of(position),
    }));
    if (assignments.length > 0) {
      await session.assign(assignments);
      notify(t.saved(row?.row ?? position + 1));
    }
    onClose();
  };
  const remove = async () => {
    await session.remove(Uint32Array.of(position));
    notify(t.removed(1));
    onClose();
  };
  const name =
    row === undefined
      ? ""
      : [cellText(row.cells.first_name), cellText(row.cells.last_name)].filter(Boolean).join(" ") ||
        cellText(row.cells.email);
  return (
    <ModalDialog
      title={t.dialog(row?.row ?? position + 1, name)}
      onClose={onClose}
      actions={[
        { label: t.cancel, look: "quiet", onPress: onClose },
        { label: t.save, look: "primary", submit: form, disabled: row === undefined },
      ]}
    >
      {row === undefined ? (
        <Skeleton width="60%" />
      ) : (
        <form id={form} className="stack" onSubmit={(event) => void save(event)}>
          {fields.map((field) =>
            isProperties(field) ? (
              (lists.properties ?? []).map((property) => (
                <PropertyChoice
                  key={property.id}
                  property={property}
                  entries={chosenFor(field.field)}
                  onChange={(entries) => set(field.field, entries)}
                />
              ))
            ) : (
              <ListChoice
                key={field.field}
                field={field}
                value={chosenFor(field.field)}
                groups={lists.groups}
                clearable
                onChange={(values) => set(field.field, values)}
              />
            ),
          )}
          <div className="row-remove">
            <Button look="quiet" icon={<TrashIcon />} onPress={() => void remove()}>
              {t.remove}
            </Button>
          </div>
        </form>
      )}
    </ModalDialog>
  );
}
