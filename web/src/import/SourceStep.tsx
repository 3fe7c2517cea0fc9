import { prepare } from "@rollcall/validator/client";
import { type ClipboardEvent, useEffect, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import {
  type ApiProblem,
  api,
  type ImportProfile,
  type Organization,
  type TemplateFormat,
  type UserKind,
  useAction,
} from "../api";
import { Link, navigate, withSearch } from "../router";
import {
  Button,
  ChevronDownIcon,
  DownloadIcon,
  ErrorIcon,
  FileIcon,
  LockIcon,
  MenuButton,
  notify,
  PlusIcon,
  ProblemBox,
  SelectField,
  Skeleton,
} from "../ui";
import { Choices } from "../ui/Choices";
import { type Choice, profilesFor } from "./choice";
import { FileIssues } from "./FileIssues";
import type { Failure, Work } from "./flow";
import { byteLimitWords, type ProfileFacts, profileNote } from "./profile";
import { RowCountDialog } from "./RowCountDialog";
import { duration } from "./sentence";
import { download } from "./sheetText";
import { sheetTexts } from "./sheetTexts";
import "./source.css";
import { count, sampleSheet, texts } from "./texts";
import { useFactsOf } from "./useFactsOf";
import { useFileDrop } from "./useFileDrop";

const t = texts.source;
const own = sheetTexts.source;

/** What a file chooser offers; other files can be dropped, and the validator says what they are. */
const ACCEPT =
  ".csv,.tsv,.txt,.xlsx,.xlsm,text/csv,text/tab-separated-values,text/plain,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export interface SourceProps {
  choice: Choice;
  kinds: readonly UserKind[];
  profiles: readonly ImportProfile[];
  organizations: readonly Organization[];
  facts: ProfileFacts | null;
  rulesProblem: ApiProblem | undefined;
  reloadRules: () => void;
  open: Work | null;
  onContinue: () => void;
  reading: { readonly name: string } | null;
  failure: Failure | null;
  onBytes: (bytes: Uint8Array, name: string) => void;
  onByHand: (rows: number) => void;
}

export function SourceStep(props: SourceProps) {
  const { choice, profiles, organizations, facts, open, reading, failure, onBytes } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [asking, setAsking] = useState(false);
  const complete = choice.kind === "technician" || choice.organization !== null;
  const ready = facts !== null && complete;
  // What is pasted before the rules are there waits for them.
  const [early, setEarly] = useState<string | File | null>(null);

  const readText = (text: string, name: string = t.pasted) => {
    if (text.length > 0) onBytes(new TextEncoder().encode(text), name);
  };
  const readFile = async (file: File) => {
    // Of a file that is too large no more is read than shows that it is: what it says then is the validator's.
    const limit = facts?.byteLimit ?? null;
    const read = limit !== null && file.size > limit ? file.slice(0, limit + 1) : file;
    onBytes(new Uint8Array(await read.arrayBuffer()), file.name);
  };
  const read = (source: string | File) => {
    if (typeof source === "string") readText(source);
    else void readFile(source);
  };
  const readTransfer = (transfer: DataTransfer): boolean => {
    const file = transfer.files[0];
    const text = transfer.getData("text/plain");
    // A spreadsheet puts a picture of the cells beside their text: the text is meant. A file manager puts a file's
    // name beside the file.
    const isFile = file !== undefined && (text === "" || text.trim() === file.name);
    const source = isFile ? file : text;
    if (source === "" || !complete) return false;
    if (isFile && transfer.files.length > 1) notify(own.notOneFile);
    if (ready) read(source);
    else setEarly(source);
    return true;
  };

  const latest = useRef({ read, readTransfer });
  latest.current = { read, readTransfer };
  useEffect(() => {
    if (!ready || early === null) return;
    setEarly(null);
    latest.current.read(early);
  }, [ready, early]);
  useEffect(() => {
    const paste = (event: globalThis.ClipboardEvent) => {
      const inField =
        event.target instanceof HTMLElement && event.target.closest("input, [role=dialog], [role=listbox]");
      if (inField || event.defaultPrevented || event.clipboardData === null) return;
      if (latest.current.readTransfer(event.clipboardData)) event.preventDefault();
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, []);

  // The worker starts while the person is still looking for the sheet. What fails here fails again, and visibly, then.
  useEffect(() => {
    prepare().catch(() => undefined);
  }, []);

  useEffect(() => {
    if (ready) area.current?.focus();
  }, [ready]);

  const set = (patch: Record<string, string | null>) => void navigate(withSearch(patch), { replace: true });
  const busy = reading ?? (early === null ? null : { name: typeof early === "string" ? t.pasted : early.name });
  const dropping = useFileDrop(complete ? (transfer) => void readTransfer(transfer) : null);
  const fits = profilesFor(profiles, choice.kind);
  const all = useFactsOf(fits, choice.organization?.id, choice.kind, ready);

  return (
    <div className="source">
      <div className="source-main">
        <div className="source-choice">
          {props.kinds.length > 1 && (
            <Choices
              label={t.who}
              value={choice.kind}
              onChange={(kind) => set({ kind, profile: null })}
              options={props.kinds.map((id) => ({ id, name: t.kinds[id] ?? id }))}
            />
          )}
          {choice.kind !== "technician" &&
            (organizations.length === 0 ? (
              <div className="notice">
                <p>{t.noOrganizations}</p>
                <Link to="/settings/organizations?new=organization">{t.toSettings}</Link>
              </div>
            ) : (
              <SelectField
                label={t.organization}
                value={choice.organization?.id ?? null}
                onChange={(organization) => set({ organization })}
                placeholder={t.chooseOrganization}
                options={organizations.map(({ id, name }) => ({ id, name }))}
              />
            ))}
          {choice.profile !== null && (choice.kind === "technician" || choice.organization !== null) && (
            <SelectField
              label={t.rules}
              value={choice.profile.id}
              onChange={(profile) => set({ profile })}
              options={fits.map(({ id, name, base }) => {
                const needs = all.get(id);
                const origin = profiles.find((profile) => profile.id === base)?.name;
                const notes = [
                  t.rulesNote[id] ?? (origin === undefined ? undefined : own.madeFrom(origin)),
                  needs === undefined ? undefined : profileNote(needs),
                ];
                return { id, name, description: notes.filter((note) => note !== undefined).join(" ") };
              })}
            />
          )}
        </div>

        {open !== null && (
          <div className="notice row wrap">
            <span className="grow">{t.openTitle(open.name, open.session.snapshot().counts.rows)}</span>
            <Button disabled={!ready || reading !== null} onPress={props.onContinue}>
              {t.openContinue}
            </Button>
          </div>
        )}
        {failure !== null && <FailureNotice failure={failure} />}
        {props.rulesProblem !== undefined && <ProblemBox problem={props.rulesProblem} retry={props.reloadRules} />}

        <div className="drop" data-dropping={dropping || undefined} data-disabled={!ready || undefined}>
          <textarea
            ref={area}
            className="drop-area"
            aria-label={t.pasteLabel}
            aria-describedby="drop-help"
            value={typed}
            disabled={!ready || reading !== null}
            spellCheck={false}
            onChange={(event) => {
              const how = (event.nativeEvent as InputEvent).inputType;
              // Some keyboards of phones insert without a paste event.
              if (how === "insertFromPaste" || how === "insertFromDrop") readText(event.target.value);
              else setTyped(event.target.value);
            }}
            onPaste={(event: ClipboardEvent) => {
              if (readTransfer(event.clipboardData)) event.preventDefault();
            }}
          />
          {typed === "" && (
            <div className="drop-words" aria-hidden="true">
              {busy !== null ? (
                <>
                  <span className="spinner" />
                  <span className="drop-title">{t.reading(busy.name)}</span>
                  {/\.xls[xm]$/i.test(busy.name) && <span className="muted drop-later">{own.workbook}</span>}
                </>
              ) : (
                <>
                  <SheetDrawing />
                  <span className="drop-title">{dropping ? t.dropTitle : t.pasteTitle}</span>
                  <span className="muted">{ready || facts === null ? t.pasteBody : t.needOrganization}</span>
                </>
              )}
            </div>
          )}
          <p id="drop-help" className="visually-hidden">
            {t.pasteBody} {t.privacy}
          </p>
          {typed.trim() !== "" && (
            <div className="drop-read">
              <Button look="primary" onPress={() => readText(typed)}>
                {t.readTyped}
              </Button>
            </div>
          )}
        </div>

        <div className="source-other">
          <Button icon={<FileIcon />} disabled={!ready} onPress={() => picker.current?.click()}>
            {t.chooseFile}
          </Button>
          <input
            ref={picker}
            type="file"
            className="visually-hidden"
            tabIndex={-1}
            aria-hidden="true"
            accept={ACCEPT}
            onChange={(event) => {
              const file = event.target.files?.[0];
              event.target.value = "";
              if (file !== undefined) void readFile(file);
            }}
          />
          <Button icon={<PlusIcon />} disabled={!ready} onPress={() => setAsking(true)}>
            {t.byHand}
          </Button>
          {choice.profile !== null && (
            <TemplateMenu profile={choice.profile} organization={choice.organization} disabled={!ready} />
          )}
          <Button look="quiet" disabled={!ready} onPress={() => readText(sampleSheet, t.sampleName)}>
            {t.sample}
          </Button>
        </div>
        <p className="source-privacy muted">
          <LockIcon size={14} />
          {t.privacy}
        </p>
      </div>
      <Requirements facts={facts} />
      {asking && facts !== null && (
        <RowCountDialog
          title={sheetTexts.byHand.title}
          limit={facts.rowLimit}
          usual={USUAL_ROWS}
          button={sheetTexts.byHand.generate}
          onClose={() => setAsking(false)}
          onCount={(rows) => {
            setAsking(false);
            props.onByHand(rows);
          }}
        />
      )}
    </div>
  );
}

const USUAL_ROWS = 20;

/** The profile's own template, made by the server with the organization's lists in it. */
function TemplateMenu(props: { profile: ImportProfile; organization: Organization | null; disabled: boolean }) {
  const { profile, organization } = props;
  const save = useAction(async (format: TemplateFormat) => {
    const file = await api.importTemplate(profile.id, organization?.id, format);
    download(file.blob, file.name);
    notify(own.templateSaved(file.name));
  });
  return (
    <>
      <MenuButton
        groups={[
          {
            title: own.templateTitle,
            entries: (["xlsx", "csv", "zip"] as const).map((id) => ({
              id,
              label: own.templates[id],
              onPress: () => void save.run(id),
            })),
          },
        ]}
      >
        <AriaButton className="button" data-look="quiet" isDisabled={props.disabled || save.busy}>
          {save.busy ? <span className="spinner" aria-hidden="true" /> : <DownloadIcon />}
          {own.template}
          <ChevronDownIcon size={14} />
        </AriaButton>
      </MenuButton>
      {save.problem !== undefined && (
        <div className="source-problem">
          <ProblemBox problem={save.problem} />
        </div>
      )}
    </>
  );
}

function FailureNotice({ failure }: { failure: Failure }) {
  if (failure.what === "problem") return <ProblemBox problem={failure.problem} />;
  return (
    <div className="problem" role="alert">
      <ErrorIcon />
      <div className="problem-body">
        <div className="problem-title">{t.failureTitle(failure.name)}</div>
        <FileIssues issues={failure.issues} />
      </div>
    </div>
  );
}

function Requirements({ facts }: { facts: ProfileFacts | null }) {
  if (facts === null) {
    return (
      <aside className="requires" aria-label={t.requires}>
        <h2>{t.requires}</h2>
        <span className="visually-hidden">{t.loadingRules}</span>
        <Skeleton width={180} />
        <Skeleton width={140} />
        <Skeleton width={160} />
      </aside>
    );
  }
  const required = facts.columns.filter((column) => column.required);
  const optional = facts.columns.filter((column) => !column.required);
  return (
    <aside className="requires" aria-label={t.requires}>
      <h2>{t.requires}</h2>
      <section>
        <h3>{t.requiredColumns}</h3>
        <ColumnList columns={required} />
      </section>
      <section>
        <h3>{t.optionalColumns}</h3>
        {optional.length === 0 ? <p className="muted">{t.noOptional}</p> : <ColumnList columns={optional} />}
      </section>
      <ul className="requires-notes">
        <li>{own.formats}</li>
        {(facts.rowLimit !== null || facts.byteLimit !== null) && (
          <li>
            {own.limits(
              facts.rowLimit === null ? null : count(facts.rowLimit),
              facts.byteLimit === null ? null : byteLimitWords(facts.byteLimit),
            )}
          </li>
        )}
        {facts.rolesRequired && !facts.roleSettled && <li>{t.roleNeeded}</li>}
        {facts.expiresAfterHours !== null && facts.invitations !== "never" && (
          <li>{t.expires(duration(facts.expiresAfterHours))}</li>
        )}
        <li>{t.anyOrder}</li>
      </ul>
    </aside>
  );
}

function ColumnList({ columns }: { columns: ProfileFacts["columns"] }) {
  return (
    <dl className="requires-columns">
      {columns.map((column) => (
        <div key={column.field}>
          <dt>{column.title}</dt>
          {column.rule !== null && <dd>{column.rule}</dd>}
        </div>
      ))}
    </dl>
  );
}

function SheetDrawing() {
  return (
    <svg
      className="drop-drawing"
      width="72"
      height="52"
      viewBox="0 0 72 52"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden="true"
      focusable="false"
    >
      <rect x="1" y="1" width="70" height="50" rx="5" />
      <path d="M1 14h70M1 26.500h70M1 39h70M24 14v37M48 14v37" opacity=".55" />
      <path d="M8 7.500h20" strokeLinecap="round" />
    </svg>
  );
}
