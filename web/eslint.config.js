import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    plugins: { "react-hooks": reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      // TanStack Table v8 returns functions the React Compiler cannot memoise; the compiler is not used here.
      "react-hooks/incompatible-library": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "no-console": "error",
      eqeqeq: ["error", "smart"],
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Foreign HTML belongs in components/mail-html." },
      ],
    },
  },
  {
    // In French a space stands before the colon; Labelled and `common.label` know.
    files: ["src/**/*.tsx"],
    ignores: ["src/test/**"],
    rules: { "no-restricted-syntax": ["error", { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Foreign HTML belongs in components/mail-html." }, { selector: "TemplateElement[value.raw=/^: /]", message: "Say it with common.label: the reader's language has its own colon." }] },
  },
  { files: ["scripts/**", "mock/**"], rules: { "no-console": "off" } },
);
