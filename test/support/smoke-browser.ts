/** What a journey needs of a browser, so that the same journey runs in each. Keys and clicks are real ones. */
export interface SmokeBrowser {
  open(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Runs a function in the page. It sees only its argument, which must be JSON. */
  run<Argument, Result>(work: (argument: Argument) => Result, argument: Argument): Promise<Result>;
  /** Clicks the first element that matches a selector. */
  click(selector: string): Promise<void>;
  /** Focuses the first element that matches a selector, and types. A line feed in the text is the Enter key. */
  type(selector: string, text: string): Promise<void>;
  close(): Promise<void>;
}
