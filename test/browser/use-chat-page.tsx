// A page of somebody else: useChat as its documentation shows it, and a button for each thing that it can do. A test bundles it.
import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport, type UIMessage } from "ai";
import { type FormEvent, StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

const api = "/api/ai-sdk/chat";
const { id = "", token = "" } = Object.fromEntries(new URLSearchParams(location.search));
const headers = { authorization: `Bearer ${token}` };

function ChatPage({ stored }: { stored: UIMessage[] }) {
  const [text, setText] = useState("");
  const chat = useChat({
    id,
    messages: stored,
    resume: true,
    transport: new DefaultChatTransport({ api, headers }),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    void chat.sendMessage({ text });
    setText("");
  };
  const stop = async () => {
    await fetch(`${api}/${id}/stream`, { method: "DELETE", headers });
    await chat.stop();
  };
  const decide = async (approvalId: string, approved: boolean) => {
    await chat.addToolApprovalResponse({ id: approvalId, approved });
    await chat.sendMessage();
  };
  return (
    <main>
      <ol aria-label="Messages">
        {chat.messages.map((message) => (
          <li key={message.id}>
            {message.role}:{" "}
            {message.parts.map((part, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts have no ids, and keep their places
              <Part key={index} part={part} decide={decide} />
            ))}
          </li>
        ))}
      </ol>
      <p role="status">{chat.status}</p>
      <p role="alert">{chat.error?.message}</p>
      <form onSubmit={send}>
        <input aria-label="Message" value={text} onChange={({ target }) => setText(target.value)} />
      </form>
      <button type="button" onClick={() => void chat.regenerate()}>
        Regenerate
      </button>
      <button type="button" onClick={() => void stop()}>
        Stop
      </button>
    </main>
  );
}

interface PartProps {
  part: UIMessage["parts"][number];
  decide: (approvalId: string, approved: boolean) => Promise<void>;
}

function Part({ part, decide }: PartProps) {
  if (part.type === "text") return part.text;
  if (part.type !== "dynamic-tool") return null;
  const approvalId = part.approval?.id ?? "";
  return (
    <span>
      {` [${part.toolName} ${part.state}] `}
      {part.state === "approval-requested" && (
        <button type="button" onClick={() => void decide(approvalId, true)}>
          Approve
        </button>
      )}
    </span>
  );
}

const root = document.querySelector("#root");
if (root && id !== "") {
  const stored = (await (await fetch(`${api}/${id}`, { headers })).json()) as UIMessage[];
  createRoot(root).render(
    <StrictMode>
      <ChatPage stored={stored} />
    </StrictMode>,
  );
}
