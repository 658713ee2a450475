import * as v from "valibot";
import { NoteList } from "#lib/contract/note.ts";
import { holdsEachWord } from "#lib/platform/holds-each-word.ts";
import type { Database, Statement } from "#lib/platform/postgres.ts";
import { rfc3339 } from "#lib/platform/rfc3339.ts";
import { storableText } from "#lib/platform/storable-text.ts";

type Notes = v.InferOutput<typeof NoteList>;
type Note = Notes["notes"][number];

interface NewNote {
  /** The id of the tool call's receipt, so that one call keeps one note. */
  id: string;
  owner: string;
  text: string;
  conversationId?: string | undefined;
}

/** What the agent keeps for each owner across conversations. Each call is one database request. */
export interface NoteStore {
  list(owner: string): Promise<Notes>;
  /** Lets the agent keep and read notes, or not. Notes that exist stay either way. */
  setEnabled(input: { owner: string; enabled: boolean }): Promise<Notes>;
  /** Returns false if the owner has no such note. */
  delete(input: { owner: string; id: string }): Promise<boolean>;
  /** Deletes an owner's notes and settings. From then on the agent may keep no notes, also in a turn that runs. */
  deleteAll(owner: string): Promise<void>;
  /** Keeps a note. `full`: the owner has as many notes as fit; `off`: the agent may keep no notes. */
  save(note: NewNote): Promise<"saved" | "full" | "off">;
  /** Returns the newest notes that hold each word, without case and accents. Without words, the newest notes. */
  recall(input: { owner: string; words?: string | undefined }): Promise<Note[]>;
}

/** As many as the page lists. */
export const maxNotes = 200;
/** The model reads at most so much text of one tool. The newest note is always whole. */
const maxRecalledBytes = 6 * 1024;

export function createNoteStore(database: Database): NoteStore {
  return {
    async list(owner) {
      return readNotes(await database.query(selectNotes(owner)));
    },

    async setEnabled({ owner, enabled }) {
      const [, rows = []] = await database.transaction([
        {
          text: `
            insert into owner_settings (owner, notes_enabled) values ($1, $2)
            on conflict (owner) do update set notes_enabled = excluded.notes_enabled`,
          params: [owner, enabled],
        },
        selectNotes(owner),
      ]);
      return readNotes(rows);
    },

    async delete({ owner, id }) {
      const rows = await database.query({
        text: "delete from notes where id = $2 and owner = $1 returning id",
        params: [owner, id],
      });
      return rows.length === 1;
    },

    async deleteAll(owner) {
      const params = [owner];
      await database.transaction([
        lockOwner(owner),
        { text: "delete from owner_settings where owner = $1", params },
        { text: "delete from notes where owner = $1", params },
      ]);
    },

    async save(note) {
      const rows = await database.transaction([lockOwner(note.owner), insertNote(note)]);
      return v.parse(Saved, rows.at(-1)?.[0]).outcome;
    },

    async recall({ owner, words }) {
      const [row] = await database.query({
        text: `
          select coalesce(json_agg(${noteJson} order by created_at desc, id desc), '[]') as notes
          from (
            select *, row_number() over newest as position, sum(octet_length(text)) over newest as bytes
            from notes
            where owner = $1 and ${notesAreEnabled}
              and ${holdsEachWord("text", "$2")}
            window newest as (order by created_at desc, id desc)
          ) as found
          where position = 1 or bytes <= $3`,
        params: [owner, words ?? "", maxRecalledBytes],
      });
      return v.parse(NoteList.entries.notes, row?.notes);
    },
  };
}

const Saved = v.object({ outcome: v.picklist(["saved", "full", "off"]) });

const notesAreEnabled = "exists (select from owner_settings where owner = $1 and notes_enabled)";

const noteJson = `json_build_object(
  'id', id, 'text', text, 'conversation_id', conversation_id,
  'created_at', ${rfc3339("created_at")})`;

function selectNotes(owner: string): Statement {
  return {
    text: `
      select ${notesAreEnabled} as enabled, (
        select coalesce(json_agg(${noteJson} order by created_at desc, id desc), '[]')
        from notes where owner = $1) as notes`,
    params: [owner],
  };
}

const readNotes = ([row]: unknown[]): Notes => v.parse(NoteList, row);

/** Two notes of one owner at once never pass the bound together. */
const lockOwner = (owner: string): Statement => ({
  text: "select pg_advisory_xact_lock(hashtextextended($1, 0))",
  params: [owner],
});

/** A request that is sent again, because its reply was lost, finds its own note. */
function insertNote({ id, owner, text, conversationId }: NewNote): Statement {
  return {
    text: `
      with answer as (
        select case
          when exists (select from notes where id = $2) then 'saved'
          when not ${notesAreEnabled} then 'off'
          when ${maxNotes} <= (select count(*) from notes where owner = $1) then 'full'
        end as refusal
      ), inserted as (
        insert into notes (id, owner, text, conversation_id)
        select $2, $1, $3, (select id from conversations where id = $4 and owner = $1)
        from answer where refusal is null
      )
      select coalesce(refusal, 'saved') as outcome from answer`,
    params: [owner, id, storableText(text), conversationId],
  };
}
