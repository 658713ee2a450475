#!/usr/bin/env bash
# @neondatabase/serverless 1.2.0 hides from the caller what went wrong in two cases of a failed query over HTTP.
#
# 1. Neon's proxy answers a failed connection (here: the database does not exist) with HTTP 500 and PostgreSQL's code in
#    the body. The driver reads `code` from HTTP 400 only: `error.code` is undefined, and the code is left inside the
#    message as JSON text.
# 2. The connection is lost inside the body of an answer. The driver reads the body outside its own try: the caller gets
#    a bare TypeError, not a NeonDbError, so code that handles NeonDbError misses it.
# Expected: a NeonDbError with code "3D000", and a NeonDbError with the cause.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @neondatabase/serverless@1.2.0 >/dev/null
cat >run.mjs <<'JS'
import { createServer } from "node:http";
import { NeonDbError, neon, neonConfig } from "@neondatabase/serverless";

const answers = [
  (response) => {
    response.writeHead(500, { "content-type": "application/json" });
    response.end(JSON.stringify({ message: 'database "absent" does not exist', code: "3D000" }));
  },
  (response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "500" });
    response.write('{"fields":[');
    setTimeout(() => response.destroy(), 50);
  },
];
const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => answers.shift()(response));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
neonConfig.fetchEndpoint = `http://127.0.0.1:${server.address().port}/sql`;
const sql = neon("postgresql://app:secret@db.example/app");
for (const what of ["failed connection", "cut body"]) {
  const error = await sql.query("select 1").catch((caught) => caught);
  console.log(`${what}: ${error.constructor.name}, NeonDbError ${error instanceof NeonDbError}, code ${error.code}`);
}
server.close();
JS
seen=$(node run.mjs)
echo "$seen"
expected="failed connection: NeonDbError, NeonDbError true, code undefined
cut body: TypeError, NeonDbError false, code undefined"
[ "$seen" = "$expected" ]
