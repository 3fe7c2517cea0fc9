import { Button as AriaButton } from "react-aria-components";
import { useAction } from "../api";
import type { ExportFormat } from "../api/client";
import { ChevronDownIcon, DownloadIcon, MenuButton, notify, ProblemBox } from "../ui";
import { resultTexts } from "./resultTexts";
import { download } from "./sheetText";

const t = resultTexts.fix;

/** Rows that were not imported, as a file to repair and bring back. */
export function FixDownload({
  name,
  formats = ["xlsx", "csv"],
  file,
}: {
  name: string;
  formats?: readonly ExportFormat[];
  file: (format: ExportFormat) => Promise<Blob>;
}) {
  const save = useAction(async (format: ExportFormat) => {
    const full = `${name}.${format}`;
    download(await file(format), full);
    notify(t.saved(full));
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
