/** What each second factor is called where its code is typed, and where it is chosen. */
const METHODS = {
  totp: { label: "auth.totpCode", use: "auth.useTotp", digits: true },
  backup_code: { label: "auth.backupCode", use: "auth.useBackupCode", digits: false },
  sms: { label: "auth.smsCode", use: "auth.useSms", digits: true },
  password: { label: "auth.password", use: "auth.password", digits: false },
} as const;

export type TypedMethod = keyof typeof METHODS;

/** The methods among these that are codes somebody types. */
export function typedMethods(methods: readonly string[]): TypedMethod[] {
  return methods.filter((method): method is TypedMethod => method in METHODS);
}

export const methodTexts = (method: TypedMethod) => METHODS[method];
