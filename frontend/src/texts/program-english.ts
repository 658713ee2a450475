const number = new Intl.NumberFormat("en");

/** The texts of the programs in the settings. Load with them, in every language. */
export const programEnglish = {
  explanation:
    "A key lets a program work in your name: its conversations are in your list, and it spends your budget.",
  none: "No keys yet",
  list: "Keys",
  add: "Create a key",
  full: (max: number) =>
    `You have ${number.format(max)} keys, which is the most. Revoke one first.`,
  form: {
    name: "Name of the program",
    scopes: "The program may",
    budget: "Daily budget in US dollars (optional)",
    budgetExplained: "Without one, only your own budget is its limit. Days are in UTC.",
    make: "Create key",
    making: "Creating the key…",
  },
  scopes: {
    chat: "Send messages, and read and change your conversations",
    "documents:read": "Read your documents and the shared ones",
    "documents:write": "Add, change and delete documents",
  },
  /** The same in the list. */
  scopeNames: {
    chat: "Chat",
    "documents:read": "read documents",
    "documents:write": "change documents",
  },
  faults: {
    name: "Give the program a name.",
    scopes: "Choose at least one.",
    daily_budget_usd: "Write an amount from 0.01 to 100,000 such as 2.50, or leave it empty.",
  },
  shown: (name: string) => `The key of ${name}`,
  shownOnce: "Copy it now and keep it like a password. It isn’t shown again.",
  copy: "Copy key",
  done: "Done",
  spentOf: (spent: string, budget: string) => `${spent} of ${budget} spent today`,
  spent: (spent: string) => `${spent} spent today`,
  lastUsed: (time: string) => `Last used ${time}`,
  neverUsed: "Never used",
  revoke: "Revoke",
  revokeQuestion: "Revoke this key?",
  revoked: (name: string) => `Revoked the key of ${name}. It stops working within a minute.`,
  addresses: "Addresses for programs",
  protocol: "Protocol",
  address: "Address",
  addressesExplained:
    "The address of the service’s own API is the deployment’s output StreamUrl. The page docs/clients.md of the project shows how to connect each kind of program.",
};

export type ProgramTexts = typeof programEnglish;
