import { useEffect, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import type { ExportFormat, Query } from "../api/client";
import { exportList } from "../api/export";
import { type ApiProblem, asProblem, isAbort } from "../api/problem";
import { texts } from "../texts/en";
import { notify } from "./announce";
import { Button, MenuButton } from "./controls";
import { ChevronDownIcon, DownloadIcon } from "./icons";
import { serverNow } from "./time";

const t = texts.export;

/** A button with a menu that saves the filtered list as a file; while it is fetched it says how far it is, and stops. */
export function ExportMenu(p: {
  path: string;
  query: Query;
  /** The file's name, without date and ending. */
  name: string;
  onProblem: (problem: ApiProblem | null) => void;
}) {
  const [parts, setParts] = useState<number | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const start = async (format: ExportFormat) => {
    const abort = new AbortController();
    running.current = abort;
    setParts(0);
    p.onProblem(null);
    const name = `${p.name}-${new Date(serverNow()).toISOString().slice(0, 10)}`;
    try {
      const files = await exportList(p.path, p.query, format, name, { signal: abort.signal, onPart: setParts });
      notify(format === "csv" || files === 1 ? t.done : t.doneInParts(files));
    } catch (error) {
      if (!isAbort(error)) p.onProblem(asProblem(error));
    } finally {
      setParts(null);
    }
  };

  if (parts !== null)
    return (
      <Button
        busy={false}
        icon={<span className="spinner" aria-hidden="true" />}
        onPress={() => running.current?.abort()}
      >
        {t.stop}
        <span className="visually-hidden" role="status">
          {t.running(parts)}
        </span>
      </Button>
    );
  return (
    <MenuButton
      placement="bottom end"
      groups={[
        {
          title: t.filtered,
          entries: [
            { id: "csv", label: t.csv, onPress: () => void start("csv") },
            { id: "xlsx", label: t.xlsx, onPress: () => void start("xlsx") },
          ],
        },
      ]}
    >
      <AriaButton className="button" data-look="plain">
        <DownloadIcon />
        <span className="wide-label">{t.label}</span>
        <ChevronDownIcon size={14} />
      </AriaButton>
    </MenuButton>
  );
}
