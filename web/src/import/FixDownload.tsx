import { Button as AriaButton } from "react-aria-components";
import { useAction } from "../api";
import type { ExportFormat } from "../api/client";
import { ChevronDownIcon, DownloadIcon, MenuButton, notify, ProblemBox } from "../ui";
import { resultTexts } from "./resultTexts";
import { download } from "./sheetText";

const t = resultTexts.fix;

const formats: readonly ExportFormat[] = ["xlsx", "csv"];

/** Rows that were not imported, as a file to repair and bring back. */
export function FixDownload({
  name,
  files,
}: {
  name: string;
  /** More than one where it is long. */
  files: (format: ExportFormat) => Promise<readonly Blob[]>;
}) {
  const save = useAction(async (format: ExportFormat) => {
    const all = await files(format);
    const names = all.map((_, at) => `${name}${all.length === 1 ? "" : `-${at + 1}`}.${format}`);
    for (const [at, file] of all.entries()) download(file, names[at] ?? name);
    notify(t.saved(names.join(", ")));
  });
  return (
    <>
      <MenuButton
        placement="bottom end"
        groups={[
          {
            entries: formats.map((format) => ({ id: format, label: t[format], onPress: () => void save.run(format) })),
          },
        ]}
      >
        <AriaButton className="button" isDisabled={save.busy}>
          {save.busy ? <span className="spinner" aria-hidden="true" /> : <DownloadIcon />}
          {t.download}
          <ChevronDownIcon size={14} />
        </AriaButton>
      </MenuButton>
      {save.problem !== undefined && <ProblemBox problem={save.problem} />}
    </>
  );
}
