import { cn } from "@/lib/cn";

export function Logo({ className }: { className?: string }) {
  return (
    <span className={cn("inline-flex items-center gap-2.5 font-semibold tracking-tight", className)}>
      <svg viewBox="0 0 32 32" aria-hidden className="size-7">
        <rect width="32" height="32" rx="8" className="fill-[#0f6d74]" />
        <path
          d="M10.5 21.5h11a4.5 4.5 0 0 0 .6-8.96A6.5 6.5 0 0 0 9.6 14.1 3.8 3.8 0 0 0 10.5 21.5Z"
          fill="none"
          stroke="#fff"
          strokeWidth="2.2"
          strokeLinejoin="round"
        />
      </svg>
      <Ltr />
    </span>
  );
}

function Ltr() {
  return <bdi dir="ltr">CloudManager</bdi>;
}
