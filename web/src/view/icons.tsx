import type { ComponentChildren } from 'preact'

/** Line icons on a 16-pixel grid, drawn for this page. They decorate: names come from the text. */
function Icon({ children, size = 16 }: { children: ComponentChildren; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  )
}

export const EvaluateIcon = () => (
  <Icon>
    <path d="M5 3.2v9.6L12.5 8z" fill="currentColor" />
  </Icon>
)

export const BuildIcon = () => (
  <Icon>
    <path d="M8 1.8 13.6 5v6L8 14.2 2.4 11V5z" />
    <path d="M2.6 5.1 8 8.2l5.4-3.1M8 8.2v5.8" />
  </Icon>
)

export const ChannelIcon = () => (
  <Icon size={14}>
    <path d="M8 1.9 14.2 5 8 8.1 1.8 5z" />
    <path d="M2.2 8.2 8 11.1l5.8-2.9M2.2 11.2 8 14.1l5.8-2.9" />
  </Icon>
)

export const StopIcon = () => (
  <Icon>
    <rect x="4" y="4" width="8" height="8" rx="1.2" fill="currentColor" />
  </Icon>
)

export const ShareIcon = () => (
  <Icon>
    <path d="M6.6 9.4a2.6 2.6 0 0 0 3.9.3l2-2a2.6 2.6 0 0 0-3.7-3.7l-1 1" />
    <path d="M9.4 6.6a2.6 2.6 0 0 0-3.9-.3l-2 2a2.6 2.6 0 0 0 3.7 3.7l1-1" />
  </Icon>
)

export const ExamplesIcon = () => (
  <Icon>
    <path d="M3 3.5h7.5a2 2 0 0 1 2 2v7H5a2 2 0 0 1-2-2z" />
    <path d="M6 6.5h3.5M6 9h2.5" />
  </Icon>
)

export const LessonIcon = () => (
  <Icon>
    <path d="M8 4.2C6.8 3.2 5 2.9 2.4 3v9.2c2.6-.1 4.4.2 5.6 1.2 1.2-1 3-1.3 5.6-1.200V3C11 2.9 9.2 3.2 8 4.200zm0 0v9.2" />
  </Icon>
)

export const ReferenceIcon = () => (
  <Icon>
    <circle cx="7" cy="7" r="4.4" />
    <path d="m10.300 10.300 3.500 3.500M5.400 6h3.200M5.400 8.200h2" />
  </Icon>
)

export const SunIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="2.8" />
    <path d="M8 1.500v1.300M8 13.200v1.300M1.5 8h1.300M13.2 8h1.300M3.4 3.400l.9.9M11.7 11.700l.9.9M12.6 3.400l-.9.9M4.3 11.700l-.9.9" />
  </Icon>
)

export const MoonIcon = () => (
  <Icon>
    <path d="M13.2 9.600A5.6 5.6 0 0 1 6.4 2.800a5.6 5.6 0 1 0 6.8 6.800z" />
  </Icon>
)

export const SystemIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.6" />
    <path d="M8 2.400v11.200a5.6 5.6 0 0 0 0-11.200z" fill="currentColor" />
  </Icon>
)

export const CloseIcon = () => (
  <Icon>
    <path d="m4.5 4.5 7 7m0-7-7 7" />
  </Icon>
)

export const PlusIcon = () => (
  <Icon>
    <path d="M8 3.500v9M3.5 8h9" />
  </Icon>
)

export const MoreIcon = () => (
  <Icon>
    <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2" />
  </Icon>
)

export const ChevronIcon = () => (
  <Icon>
    <path d="m6 4 4 4-4 4" />
  </Icon>
)

export const BackIcon = () => (
  <Icon>
    <path d="M9.5 4 5.5 8l4 4" />
  </Icon>
)

export const TickIcon = () => (
  <Icon>
    <path d="m3.5 8.5 3 3 6-7" />
  </Icon>
)

export const CrossIcon = () => (
  <Icon>
    <path d="m5 5 6 6m0-6-6 6" />
  </Icon>
)

export const WarningIcon = () => (
  <Icon>
    <path d="M8 2.5 14 13H2z" />
    <path d="M8 6.500v3M8 11.300v.01" />
  </Icon>
)

export const InfoIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.8" />
    <path d="M8 7.400v3.400M8 5.100v.01" />
  </Icon>
)

export const ClearIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.6" />
    <path d="m4.1 11.9 7.8-7.8" />
  </Icon>
)

export const FolderIcon = () => (
  <Icon>
    <path d="M2 4.500A1.5 1.5 0 0 1 3.5 3h2.700l1.5 1.700h4.800A1.5 1.5 0 0 1 14 6.200v5.300a1.5 1.5 0 0 1-1.5 1.500h-9A1.5 1.5 0 0 1 2 11.500z" />
  </Icon>
)

export const FileIcon = () => (
  <Icon>
    <path d="M4 2.500h5l3 3v8H4z" />
    <path d="M9 2.500v3h3" />
  </Icon>
)

export const LinkIcon = () => (
  <Icon>
    <path d="M4 12 12 4M6.5 4H12v5.5" />
  </Icon>
)

export const CodeIcon = () => (
  <Icon>
    <path d="m5.5 4.5-3.5 3.5 3.5 3.500M10.5 4.5 14 8l-3.5 3.5" />
  </Icon>
)

export const TerminalIcon = () => (
  <Icon>
    <path d="m3 4.5 3.5 3.500L3 11.500M8 12h5" />
  </Icon>
)

export const ResultIcon = () => (
  <Icon>
    <path d="M3 3.500h4M5 3.500v8.500M5 7.500h3M5 12h3" />
    <path d="M10.5 7.500H13M10.5 12H13" />
  </Icon>
)

/** The mark: a globe of glass with a snowflake of Nix's six arms, on a wooden foot. */
export const Globe = ({ size = 30 }: { size?: number }) => (
  <svg class="globe" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
    <path class="globe-glass" d="M8.3 23.500a11.5 11.5 0 1 1 15.4 0z" />
    <path
      class="globe-snow"
      d="M6.9 21.900c2.4-2.3 4.9-2.7 7.3-1.7 2.9 1.2 5.9.9 8.6-1.1 1 .6 1.8 1.3 2.4 2.1-.5.8-1 1.6-1.6 2.300H8.400c-.6-.5-1.1-1-1.5-1.600z"
    />
    <g class="globe-flake">
      <path d="M16 6v12M10.8 9l10.4 6M21.2 9l-10.4 6" />
      <path d="m14.3 7.4 1.7 1.3 1.7-1.300M14.3 16.600l1.7-1.3 1.7 1.3" />
    </g>
    <path class="globe-rim" d="M8.3 23.500a11.5 11.5 0 1 1 15.4 0" />
    <path
      class="globe-foot"
      d="M8.2 23.500h15.600l1.9 4.300a1.2 1.2 0 0 1-1.1 1.700H7.400a1.2 1.2 0 0 1-1.1-1.700z"
    />
    <path class="globe-shine" d="M9.2 10.400A8.8 8.8 0 0 1 12.6 6.7" />
  </svg>
)
