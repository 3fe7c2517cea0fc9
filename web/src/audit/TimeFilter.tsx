import { useState } from "react";
import { Button as AriaButton, DialogTrigger, Popover } from "react-aria-components";
import { useSearchState } from "../router";
import { texts } from "../texts/en";
import { Button, Field } from "../ui/controls";
import { ChevronDownIcon, CloseIcon } from "../ui/icons";
import { serverNow } from "../ui/time";
import { dayBefore } from "./filters";
import { texts as t } from "./texts";

const days = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const dayText = (day: string) => (Number.isNaN(Date.parse(day)) ? day : days.format(new Date(day)));

function rangeText(from: string | null, to: string | null): string | null {
  if (from && to) return from === to ? dayText(from) : t.filter.between(dayText(from), dayText(to));
  if (from) return t.filter.since(dayText(from));
  return to ? t.filter.until(dayText(to)) : null;
}

/** From which day to which, with the stretches that are asked for most. */
export function TimeFilter() {
  const [search, setSearch] = useSearchState();
  const [open, setOpen] = useState(false);
  const from = search.get("from");
  const to = search.get("to");
  const range = rangeText(from, to);
  const choose = (range: { from: string | null; to: string | null }) => {
    setOpen(false);
    setSearch(range);
  };
  const since = (count: number) => () => choose({ from: dayBefore(new Date(serverNow()), count), to: null });
  return (
    <span className="row chip-pair">
      <DialogTrigger isOpen={open} onOpenChange={setOpen}>
        <AriaButton className="chip" data-on={range ? "" : undefined}>
          {range ? `${t.filter.time}: ${range}` : t.filter.time}
          {!range && <ChevronDownIcon size={14} />}
        </AriaButton>
        <Popover className="popover filter-dialog" placement="bottom start" aria-label={t.filter.time}>
          <div className="row wrap">
            <Button onPress={since(0)}>{t.filter.presets.today}</Button>
            <Button onPress={since(6)}>{t.filter.presets.week}</Button>
            <Button onPress={since(29)}>{t.filter.presets.month}</Button>
          </div>
          <Days from={from} to={to} onChoose={choose} />
        </Popover>
      </DialogTrigger>
      {range && (
        <AriaButton
          className="chip chip-clear"
          data-on=""
          aria-label={`${texts.common.clear}: ${t.filter.time}`}
          onPress={() => setSearch({ from: null, to: null })}
        >
          <CloseIcon size={14} />
        </AriaButton>
      )}
    </span>
  );
}

function Days(p: {
  from: string | null;
  to: string | null;
  onChoose: (range: { from: string | null; to: string | null }) => void;
}) {
  const [from, setFrom] = useState(p.from ?? "");
  const [to, setTo] = useState(p.to ?? "");
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        p.onChoose({ from: from || null, to: to || null });
      }}
    >
      <Field type="date" label={t.filter.from} value={from} onChange={setFrom} />
      <Field type="date" label={t.filter.to} value={to} onChange={setTo} />
      <Button type="submit" look="primary">
        {t.filter.apply}
      </Button>
    </form>
  );
}
