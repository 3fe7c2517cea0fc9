import type { ReactNode, SVGProps } from "react";

/** 16 px line icons; always beside a word or in a control with a label of its own, so hidden from assistive technology. */
function Icon({ children, size = 16, ...rest }: { children: ReactNode; size?: number } & SVGProps<SVGSVGElement>) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      {...rest}
    >
      {children}
    </svg>
  );
}

type Props = { size?: number };

export const UsersIcon = (p: Props) => (
  <Icon {...p}>
    <circle cx="6" cy="5" r="2.5" />
    <path d="M1.5 13.5c.3-2.6 2-4 4.5-4s4.2 1.4 4.5 4M10.5 2.8a2.5 2.5 0 0 1 0 4.4M12 9.9c1.5.6 2.3 1.8 2.5 3.6" />
  </Icon>
);
export const ImportIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M8 2v8M5 7l3 3 3-3M2.5 10.5v2a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-2" />
  </Icon>
);
export const RolesIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M8 1.8 13 3.6v4c0 3.2-2 5.5-5 6.6-3-1.1-5-3.4-5-6.6v-4z" />
    <path d="m5.9 7.9 1.5 1.5 2.8-2.9" />
  </Icon>
);
export const SettingsIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6" />
    <circle cx="10" cy="4.5" r="1.8" />
    <circle cx="6" cy="11.5" r="1.8" />
  </Icon>
);
export const AuditIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M2.5 8a5.5 5.5 0 1 0 1.8-4.1L2.5 5.5M2.5 2.5v3h3M8 5v3l2 1.5" />
  </Icon>
);
export const SearchIcon = (p: Props) => (
  <Icon {...p}>
    <circle cx="7" cy="7" r="4.5" />
    <path d="m10.5 10.5 3.5 3.5" />
  </Icon>
);
export const PlusIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M8 3v10M3 8h10" />
  </Icon>
);
export const CloseIcon = (p: Props) => (
  <Icon {...p}>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);
export const CheckIcon = (p: Props) => (
  <Icon {...p}>
    <path d="m3 8.5 3.2 3.2L13 5" />
  </Icon>
);
export const MinusIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M4 8h8" />
  </Icon>
);
export const ChevronDownIcon = (p: Props) => (
  <Icon {...p}>
    <path d="m4.5 6.5 3.5 3.5 3.5-3.5" />
  </Icon>
);
export const ChevronRightIcon = (p: Props) => (
  <Icon {...p}>
    <path d="m6.5 4.5 3.5 3.5-3.5 3.5" />
  </Icon>
);
export const ChevronUpDownIcon = (p: Props) => (
  <Icon {...p}>
    <path d="m5 6 3-3 3 3M5 10l3 3 3-3" />
  </Icon>
);
export const WarningIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M8 2.2 14.5 13.5h-13zM8 6.5v3M8 11.5v.1" />
  </Icon>
);
export const ErrorIcon = (p: Props) => (
  <Icon {...p}>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 5v3.5M8 11v.1" />
  </Icon>
);
export const CopyIcon = (p: Props) => (
  <Icon {...p}>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 3.5v-.5a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h.5" />
  </Icon>
);
export const DownloadIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M8 2.5v7M5 7l3 3 3-3M3 13.5h10" />
  </Icon>
);
export const MenuIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />
  </Icon>
);
export const OrganizationIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M3 14V3.5a1 1 0 0 1 1-1h5a1 1 0 0 1 1 1V14M10 6.5h2a1 1 0 0 1 1 1V14M1.5 14h13M5.5 5.5h2M5.5 8h2M5.5 10.5h2" />
  </Icon>
);
export const MailIcon = (p: Props) => (
  <Icon {...p}>
    <rect x="2" y="3.5" width="12" height="9" rx="1.5" />
    <path d="m2.5 5 5.5 4 5.5-4" />
  </Icon>
);
export const KeyIcon = (p: Props) => (
  <Icon {...p}>
    <circle cx="5" cy="10.5" r="3" />
    <path d="m7.2 8.3 5.8-5.8M10.5 5l2 2" />
  </Icon>
);
export const TrashIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M2.5 4.5h11M6 4V2.5h4V4M4 4.5l.6 8a1 1 0 0 0 1 1h4.8a1 1 0 0 0 1-1l.6-8M6.8 7v4M9.2 7v4" />
  </Icon>
);
export const UndoIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M5 3 2.5 5.5 5 8M2.5 5.5H10a3.5 3.5 0 0 1 0 7H6" />
  </Icon>
);
export const RedoIcon = (p: Props) => (
  <Icon {...p}>
    <path d="m11 3 2.5 2.500L11 8M13.5 5.500H6a3.5 3.5 0 0 0 0 7h4" />
  </Icon>
);
export const KeysIcon = (p: Props) => (
  <Icon {...p}>
    <rect x="1.5" y="4" width="13" height="8.5" rx="1.5" />
    <path d="M4 7h.1M7 7h.1M10 7h.1M12.5 7h.1M4.5 9.800h7" />
  </Icon>
);
export const NoteIcon = (p: Props) => (
  <Icon {...p}>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 7.500V11M8 5v.1" />
  </Icon>
);
/** A small pencil stroke: something was put right. */
export const CorrectedIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M2.5 13.5 3.2 10.6 10.8 3a1.4 1.4 0 0 1 2 0l.2.2a1.4 1.4 0 0 1 0 2L5.4 12.800z" />
  </Icon>
);
export const LockIcon = (p: Props) => (
  <Icon {...p}>
    <rect x="3" y="7" width="10" height="7" rx="1.5" />
    <path d="M5 7V5a3 3 0 0 1 6 0v2" />
  </Icon>
);
export const FileIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M9 1.8H4.5a1 1 0 0 0-1 1v10.4a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1V5.3zM9 1.8v3.5h3.5M6 8.5h4M6 11h4" />
  </Icon>
);
export const MoreIcon = (p: Props) => (
  <Icon {...p} fill="currentColor" stroke="none">
    <circle cx="3.2" cy="8" r="1.4" />
    <circle cx="8" cy="8" r="1.4" />
    <circle cx="12.8" cy="8" r="1.4" />
  </Icon>
);
export const ArrowUpIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M8 13V3.5M4 7l4-4 4 4" />
  </Icon>
);
export const ArrowDownIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M8 3v9.5M4 9l4 4 4-4" />
  </Icon>
);

export const PersonIcon = (p: Props) => (
  <Icon {...p}>
    <circle cx="8" cy="5" r="2.8" />
    <path d="M2.8 14c.4-3 2.4-4.6 5.2-4.6s4.8 1.6 5.2 4.6" />
  </Icon>
);
export const FlagIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M3.5 14.5v-12M3.5 3c3-1.6 5.5 1.4 9 0v6.2c-3.5 1.4-6-1.6-9 0" />
  </Icon>
);

/* Shapes of the status pills, 12 px: told apart without colour. */
export const HollowShape = () => (
  <Icon size={12}>
    <circle cx="8" cy="8" r="5.5" strokeWidth="2" />
  </Icon>
);
export const SolidShape = () => (
  <Icon size={12}>
    <circle cx="8" cy="8" r="6" fill="currentColor" />
  </Icon>
);
export const StruckClockShape = () => (
  <Icon size={12}>
    <circle cx="8" cy="8" r="6" strokeWidth="2" />
    <path d="M8 5v3l2 1.5M2 14 14 2" strokeWidth="2" />
  </Icon>
);
export const TriangleShape = () => (
  <Icon size={12}>
    <path d="M8 2 15 14H1z" fill="currentColor" />
  </Icon>
);
export const BarShape = () => (
  <Icon size={12}>
    <path d="M2 8h12" strokeWidth="4" strokeLinecap="butt" />
  </Icon>
);
export const LockShape = () => (
  <Icon size={12}>
    <rect x="3" y="7" width="10" height="7" rx="1" fill="currentColor" />
    <path d="M5 7V5a3 3 0 0 1 6 0v2" strokeWidth="2" />
  </Icon>
);
export const DottedShape = () => (
  <Icon size={12}>
    <circle cx="8" cy="8" r="5.5" strokeWidth="2" strokeDasharray="2 3" />
  </Icon>
);
