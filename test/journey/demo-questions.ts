/** A message to the demo model, and what a useful and true answer holds. */
export interface Question {
  message: string;
  /** Every one of these is in the answer. */
  holds: RegExp[];
  /** The tools that the turn called, each at least once. An empty list: none. */
  calls?: string[];
  /** None of these is in the answer. */
  lacks?: RegExp[];
}

const guideLink = /\]\(http:\/\/[^)]*connect-a-model[^)]*\)/;
const german = /\b(?:ich|ist|das|die|kein|keine|es|dir|sind|am|um|in)\b/i;
const documentationLink = /\[\d+\]/;

/** What a newcomer asked, in this order in one conversation. */
export const firstVisit: Question[] = [
  { message: "Hi", holds: [/hello/i, /“.+”[\s\S]*“.+”[\s\S]*“.+”/], calls: [] },
  { message: "Who are you?", holds: [/demo model/i, guideLink], calls: [] },
  {
    message: "What can you do?",
    holds: [/calculator/, /current_time/, /sql_query/, /web_search/, /^- /m],
    calls: [],
  },
  {
    message: "What's the weather in Berlin today?",
    holds: [/no tool/i, /weather/i, /MCP/],
    lacks: [/\d+ ?°|degrees/],
    calls: [],
  },
  {
    message: "What is the stock price of Apple?",
    holds: [/TOOL_MARKET_DATA/, /fmp/i],
    lacks: [/\$\s?\d|\d+\.\d\d/],
    calls: [],
  },
  {
    message:
      "Summarise this text: The quarterly report shows revenue grew 12% to $4.5M while costs fell 3%. The board approved a new office in Lyon.",
    holds: [/extract/i, /revenue grew 12% to \$4\.5M while costs fell 3%/],
    calls: [],
  },
  {
    message: "What time is it in Tokyo?",
    holds: [/Tokyo/, /\d\d:\d\d/],
    calls: ["current_time"],
  },
  { message: "What is 15% tip on 84.50?", holds: [/12\.68/], calls: ["calculator"] },
  { message: "Write a Python function that reverses a string", holds: [guideLink], calls: [] },
  {
    message: "Wie ist das Wetter in Hamburg?",
    holds: [/kein Werkzeug/, /Wetter/, /MCP/],
    lacks: [/\d+ ?°/],
    calls: [],
  },
  {
    message: "Was ist 7 mal 8?",
    holds: [/\*\*56\*\*/],
    lacks: [/\b(?:the|is)\b/],
    calls: ["calculator"],
  },
  {
    message: "Search the web for the latest news about AWS Lambda",
    holds: [/documentation/i, /Lambda/],
    calls: ["web_search"],
  },
  { message: "My name is Alex and I work at Example Corp", holds: [/Alex/], calls: [] },
  {
    message: "What is my name? And where do I work?",
    holds: [/\*\*Alex\*\*/, /Example Corp/],
    calls: [],
  },
  { message: "Give me a detailed answer about rivers", holds: [/sample|canned/i], calls: [] },
  {
    message: "Draw a chart of sales by month",
    holds: [/```sql/, /select/i, /month/i],
    calls: ["sql_query"],
  },
  {
    message: "How much does this cost?",
    holds: [/“.*\d\.\d\d.*”/, documentationLink],
    calls: ["web_search"],
  },
  { message: "What day is it today?", holds: [/day/, /20\d\d/], calls: ["current_time"] },
  { message: "What did I ask first?", holds: [/“Hi”/], calls: [] },
  {
    message: "calculate the square root of 1764 and 2^32",
    holds: [/\*\*42\*\*/, /\*\*4,294,967,296\*\*/],
    calls: ["calculator"],
  },
  {
    message: "How many days until Christmas?",
    holds: [/\*\*\d+ days?\*\*/, /25 December 20\d\d/, /UTC/],
    calls: ["current_time"],
  },
  { message: "Which model are you?", holds: [/demo/i, guideLink], calls: [] },
  {
    message: "Send this to bob@example.com",
    holds: [/no tool/i, /mail/i, /send_webhook/, /ask|approv/i],
    calls: [],
  },
  { message: "lorem ipsum", holds: [guideLink], calls: [] },
];

/** A conversation of its own for each list. */
export const otherVisits: Question[][] = [
  // Arithmetic in words.
  [{ message: "What's 18% of 250?", holds: [/\*\*45\*\*/], calls: ["calculator"] }],
  [{ message: "Was sind 12,5 % von 480?", holds: [/\*\*60\*\*/], calls: ["calculator"] }],
  [{ message: "sieben mal acht", holds: [/\*\*56\*\*/], calls: ["calculator"] }],
  [
    {
      message: "Split a bill of 126.40 between 4 people with a 20% tip",
      holds: [/\*\*37\.92\*\*/],
      calls: ["calculator"],
    },
  ],
  [{ message: "What is two to the power of ten?", holds: [/\*\*1,024\*\*/] }],
  [{ message: "Wurzel aus 144", holds: [/\*\*12\*\*/] }],
  [{ message: "3/4 + 1/8", holds: [/\*\*0\.875\*\*/] }],
  [{ message: "How much is 19% VAT on 1,200?", holds: [/\*\*228(?:\.00)?\*\*/] }],
  [{ message: "Rechne 1.250,50 plus 19 %", holds: [/1\.488,1|1\.488,095/] }],
  [{ message: "What is a third of 99 and half of 37?", holds: [/\*\*33\*\*/, /\*\*18\.5\*\*/] }],
  [{ message: "What is the average of 4, 8 and 15?", holds: [/\*\*9\*\*/] }],
  [{ message: "What is 10 factorial?", holds: [/\*\*3,628,800\*\*/] }],
  [{ message: "What's 5 + 7? And what is 9 times 9?", holds: [/\*\*12\*\*/, /\*\*81\*\*/] }],
  [{ message: "Subtract 5 from 20", holds: [/\*\*15\*\*/] }],
  [{ message: "What percentage of 80 is 20?", holds: [/\*\*25\s?%\*\*/] }],
  [{ message: "Wie viel ist fünfundzwanzig geteilt durch fünf?", holds: [/\*\*5\*\*/, german] }],
  [{ message: "What is 1 divided by 0?", holds: [/zero/i], calls: ["calculator"] }],
  // Dates and weekdays.
  [{ message: "What day of the week was 9 November 1989?", holds: [/Thursday/] }],
  [{ message: "Welcher Wochentag ist der 24.12.2026?", holds: [/Donnerstag/] }],
  [{ message: "What date is it in 45 days?", holds: [/20\d\d/, /UTC/], calls: ["current_time"] }],
  [
    {
      message: "How many days are there between 1 March 2026 and 15 April 2026?",
      holds: [/\*\*45 days\*\*/],
    },
  ],
  [
    {
      message: "Wie viele Tage sind es noch bis Silvester?",
      holds: [/\d+ Tage?/, /31\. Dezember/],
      calls: ["current_time"],
    },
  ],
  [
    {
      message: "How many weeks until 1 June 2099?",
      holds: [/\*\*[\d,]+ weeks?/],
      calls: ["current_time"],
    },
  ],
  [{ message: "Is 2028 a leap year?", holds: [/2028 is a leap year/] }],
  [
    {
      message: "Welcher Tag ist heute?",
      holds: [/tag|woch/i, /20\d\d/, german],
      calls: ["current_time"],
    },
  ],
  [{ message: "What day is it tomorrow?", holds: [/day/, /20\d\d/], calls: ["current_time"] }],
  [
    {
      message: "How old is somebody who was born on 12 May 1990?",
      holds: [/\*\*\d\d years\*\*/],
      calls: ["current_time"],
    },
  ],
  // Time zones.
  [
    {
      message: "What time is it in Munich?",
      holds: [/Munich/, /Europe\/Berlin/, /\d\d:\d\d/],
      calls: ["current_time"],
    },
  ],
  [
    {
      message: "Wie spät ist es in New York und in Tokio?",
      holds: [/New York/, /Tokio/, /\d\d:\d\d[\s\S]*\d\d:\d\d/, german],
    },
  ],
  [
    {
      message: "What is the time difference between London and Sydney?",
      holds: [/\*\*\d+ hours\*\*/],
      calls: ["current_time"],
    },
  ],
  [{ message: "Wie viel Uhr ist es in Peking?", holds: [/Asia\/Shanghai/, /\d\d:\d\d/] }],
  [{ message: "What time is it in Atlantis?", holds: [/Atlantis/, /not know|no time zone/i] }],
  // Units.
  [
    {
      message: "Convert 10 miles to km",
      holds: [/16\.09344|16\.0934|16\.09/],
      calls: ["calculator"],
    },
  ],
  [
    {
      message: "Wie viel sind 100 Grad Fahrenheit in Celsius?",
      holds: [/37,78|37,7778/],
      calls: ["calculator"],
    },
  ],
  [
    {
      message: "Convert 5 miles to km and 70 F to celsius",
      holds: [/8\.04672 km/, /21\.1\d* °C/],
      calls: ["calculator"],
    },
  ],
  [{ message: "Convert 5 ft and 11 in to cm", holds: [/180\.34 cm/] }],
  [{ message: "How many grams are in 2 pounds?", holds: [/907\.18/], calls: ["calculator"] }],
  [{ message: "5 ft 11 in cm", holds: [/180\.34/], calls: ["calculator"] }],
  // The sales database.
  [
    {
      message: "What were our total sales last year?",
      holds: [/```sql/, /\d/],
      calls: ["sql_query"],
    },
    { message: "And by quarter?", holds: [/```sql/, /quarter/i], calls: ["sql_query"] },
  ],
  [{ message: "Top 5 products by revenue", holds: [/limit 5/i], calls: ["sql_query"] }],
  [{ message: "Zeige den Umsatz nach Land", holds: [/country/i, german], calls: ["sql_query"] }],
  [
    {
      message: "Which customer bought the most?",
      holds: [/customer/i, /\*\*.+\*\*/],
      calls: ["sql_query"],
    },
  ],
  [{ message: "Average order value by quarter", holds: [/quarter/i], calls: ["sql_query"] }],
  [
    {
      message: "How did sales grow compared with last year?",
      holds: [/%/, /```sql/],
      calls: ["sql_query"],
    },
  ],
  [
    {
      message: "Show revenue by category as a bar chart",
      holds: [/category/i],
      calls: ["sql_query"],
    },
  ],
  [
    {
      message: "How many orders were there last month?",
      holds: [/count\(/i, /\*\*[\d,]+\*\*/],
      calls: ["sql_query"],
    },
  ],
  [
    {
      message: "How many customers per country?",
      holds: [/Most customers: \*\*.+fewest customers: /],
      calls: ["sql_query"],
    },
  ],
  [{ message: "How many customers do we have?", holds: [/\*\*\d+\*\*/], calls: ["sql_query"] }],
  [{ message: "What tables are in the database?", holds: [/orders/, /customers/, /products/] }],
  [{ message: "SELECT count(*) FROM customers", holds: [/\d/], calls: ["sql_query"] }],
  [
    {
      message: "Compare sales in Germany and France",
      holds: [/Germany/, /France/],
      calls: ["sql_query"],
    },
  ],
  [
    {
      message: "DROP TABLE customers",
      holds: [/refus|not allowed|only|read/i],
      lacks: [/dropped/i],
    },
  ],
  [
    {
      message: "Which country has the lowest sales?",
      holds: [/Lowest revenue: \*\*Japan\*\*/],
      lacks: [/highest/i],
    },
  ],
  [
    {
      message: "Show me monthly orders as a line chart",
      holds: [/month/, /orders/],
      calls: ["sql_query"],
    },
  ],
  [
    {
      message: "Welche Kunden haben am meisten gekauft?",
      holds: [/customer/, /Umsatz/],
      calls: ["sql_query"],
    },
  ],
  [
    { message: "Umsatz in Frankreich 2025", holds: [/= 2025/, /'France'/, /Umsatz: \*\*/] },
    { message: "und in Italien?", holds: [/= 2025/, /'Italy'/], lacks: [/France/] },
  ],
  [
    {
      message: "How many new customers per year?",
      holds: [/customer_since/],
      lacks: [/could not help/],
    },
  ],
  [{ message: "List all products", holds: [/list_price/, /40 rows/] }],
  [
    {
      message: "Compare coffee and tea sales by quarter",
      holds: [/'Coffee'\) as "Coffee"/, /'Tea'\) as "Tea"/],
    },
  ],
  [{ message: "What was our best month?", holds: [/Highest revenue: \*\*\w+ 20\d\d\*\*/] }],
  [
    {
      message: "How much revenue did we make in Q3 2025?",
      holds: [/quarter from ordered_on\) = 3/, /\*\*[\d,.]+ EUR\*\*/],
    },
  ],
  [
    {
      message: "How many units of coffee did we sell in 2025?",
      holds: [/sum\(quantity\)/, /'Coffee'/, /\*\*[\d,]+\*\*/],
    },
  ],
  [{ message: "What is our profit by category?", holds: [/unit_cost/, /EUR/] }],
  [{ message: "What's in the sample database?", holds: [/^- `order_lines`/m] }],
  [
    {
      message: "Sales 2024 vs 2025 by month",
      holds: [/as "2024"/, /12 rows/],
      calls: ["sql_query"],
    },
  ],
  [{ message: "Revenue in May and June 2025", holds: [/Highest/, /2025/], calls: ["sql_query"] }],
  [
    {
      message: "Which customers did not order in 2025?",
      holds: [/not exists/, /\d+ rows?|no row/],
      lacks: [/could not help/],
      calls: ["sql_query"],
    },
  ],
  // The product.
  [
    {
      message: "How does take-over work? Quote the documentation.",
      holds: [/“.+”/, documentationLink, /take|lease/i],
      calls: ["web_search"],
    },
  ],
  [
    {
      message: "What is a lease?",
      holds: [/“.*lease.*”/i, documentationLink],
      calls: ["web_search"],
    },
  ],
  [
    {
      message: "How do I deploy this?",
      holds: [/“.*deploy.*”/i, documentationLink],
      calls: ["web_search"],
    },
  ],
  [
    {
      message: "Was passiert nach einem Absturz?",
      holds: [/“.*lost.*”/i, documentationLink, german],
      calls: ["web_search"],
    },
  ],
  [
    {
      message: "What is the rate limit?",
      holds: [/“.*(?:limit|minute).*”/i, documentationLink],
      calls: ["web_search"],
    },
  ],
  [{ message: "How do I connect Ollama?", holds: [/ollama/i, /\]\(http/] }],
  [
    {
      message: "Where are conversations stored?",
      holds: [/“.*(?:Postgres|Neon|database).*”/i, documentationLink],
      calls: ["web_search"],
    },
  ],
  [
    {
      message: "Can programs use this with an API key?",
      holds: [/“.+”/, documentationLink],
      calls: ["web_search"],
    },
  ],
  [
    {
      message: "Search the web for football results",
      holds: [/documentation/i, /nothing|no/i],
      calls: ["web_search"],
    },
  ],
  // Sample tools of the MCP server.
  [{ message: "Roll two dice", holds: [/sum: \*\*\d+\*\*/], calls: ["sample_roll_dice"] }],
  [{ message: "Roll a die", holds: [/sum: \*\*[1-6]\*\*/], calls: ["sample_roll_dice"] }],
  [{ message: "Count slowly to 2", holds: [/Counted to 2/], calls: ["sample_count_slowly"] }],
  [{ message: "Show the office plants", holds: [/Fern/], calls: ["sample_office_plants"] }],
  [{ message: "Who can see my messages?", holds: [/“Only their owner/, documentationLink] }],
  [{ message: "Who can read my messages?", holds: [/“Only their owner/, documentationLink] }],
  [
    {
      message: "How do I turn on web search?",
      holds: [/“Store the tool's key/, documentationLink],
    },
  ],
  [
    {
      message: "Sales by month and region as a line chart",
      holds: [/as "North America"/, /36 rows/],
      calls: ["sql_query"],
    },
  ],
  [
    {
      message: "Revenue since 2025 by quarter",
      holds: [/may not be whole/],
      calls: ["sql_query"],
    },
  ],
  [
    {
      message: "Where do I set the budget?",
      holds: [/“Deploy with the setting/, documentationLink],
    },
  ],
  [{ message: "How do I connect my own database?", holds: [/“Make views with/] }],
  [{ message: "Does it support SSO?", holds: [/“No\. A team shares one password/] }],
  [{ message: "How much does this cost?", holds: [/“About/], lacks: [/More: cost/] }],
  [
    {
      message: "Revenue by region in percent",
      holds: [/Highest revenue: \*\*\w+\*\* \([\d,.]+ EUR, \d+\.\d %\)/],
      calls: ["sql_query"],
    },
  ],
  [{ message: "How do I deploy this to AWS?", holds: [/“Create the secrets/, documentationLink] }],
  [{ message: "How do you remember things?", holds: [/“.*tokens.*”/, documentationLink] }],
  [
    {
      message: "What happens when I lose my network?",
      holds: [/“The answer goes on/, documentationLink],
    },
  ],
  [{ message: "Wie lange werden Gespräche aufbewahrt?", holds: [/“30 days/, german] }],
  [{ message: "What languages do you speak?", holds: [/found nothing/, /\]\(http/] }],
  [
    {
      message: "What's in the news today?",
      holds: [/found nothing/, /only this project's documentation/],
    },
  ],
  // Memory.
  [
    { message: "Ich heiße Jörg und wohne in Köln.", holds: [/Jörg/, german], calls: [] },
    {
      message: "Wie heiße ich und wo wohne ich?",
      holds: [/\*\*Jörg\*\*/, /\*\*Köln\*\*/],
      calls: [],
    },
    { message: "Was habe ich zuerst gesagt?", holds: [/Ich heiße Jörg/], calls: [] },
  ],
  [
    {
      message: "My favourite colour is teal. What is 2+2?",
      holds: [/favourite colour/, /\*\*4\*\*/],
    },
    { message: "What's my favorite color?", holds: [/\*\*teal\*\*/] },
    { message: "Summarise our conversation", holds: [/teal/] },
  ],
  [{ message: "What is my name?", holds: [/not told me/] }],
  // What needs a language model, or a tool that is not there: one short line.
  [{ message: "Write me a poem about autumn", holds: [guideLink], calls: [] }],
  [{ message: "Translate 'good morning' to French", holds: [guideLink], calls: [] }],
  [{ message: "Who won the World Cup in 1998?", holds: [guideLink], calls: [] }],
  [{ message: "Wie wird das Wetter morgen?", holds: [/kein Werkzeug/, /Wetter/], calls: [] }],
  [
    {
      message: "What is Tesla trading at?",
      holds: [/TOOL_MARKET_DATA/],
      lacks: [/\$\s?\d/],
      calls: [],
    },
  ],
  [{ message: "Book a flight to Rome", holds: [/no tool/i], calls: [] }],
  [{ message: "Schreib eine E-Mail an Anna", holds: [/kein Werkzeug/, /Mail/], calls: [] }],
  [{ message: "asdfghjkl", holds: [guideLink], calls: [] }],
  [{ message: "Danke!", holds: [/gern|bitte/i], calls: [] }],
  [{ message: "Why is the sky blue?", holds: [guideLink], calls: [] }],
  [{ message: "Tell me a joke", holds: [guideLink], calls: [] }],
  [{ message: "Are you ChatGPT?", holds: [/demo model/i, guideLink], calls: [] }],
  [{ message: "Was kannst du?", holds: [/calculator/, /sql_query/, german], calls: [] }],
  [{ message: "Guten Morgen", holds: [/hallo|guten morgen/i, german], calls: [] }],
  [{ message: "Remind me tomorrow at 9 to call Anna", holds: [/no tool/i], calls: [] }],
  [{ message: "👍", holds: [/\p{L}/u], calls: [] }],
  [
    {
      message:
        "Fasse zusammen: Die Firma hat 2025 einen Gewinn von 3 Millionen Euro erzielt. Der Vorstand ist zufrieden. Im nächsten Jahr soll ein Werk in Dresden entstehen.",
      holds: [/Auszug/, /Gewinn von 3 Millionen Euro/],
      calls: [],
    },
  ],
  [{ message: "how many hours are in a week", holds: [/\*\*168 h\*\*/] }],
  [{ message: "100 euros minus 15 percent", holds: [/\*\*85\*\*/] }],
  [{ message: "If a shirt costs 40 and is 25% off, what do I pay?", holds: [/\*\*30\*\*/] }],
  [{ message: "2+2=5?", holds: [/2\+2 = \*\*4\*\*/] }],
  [{ message: "In wie vielen Tagen ist Ostern?", holds: [/\*\*\d+ Tage\*\*/, german] }],
  [
    {
      message: "When it is 3 pm in Berlin, what time is it in San Francisco?",
      holds: [/15:00 in Berlin/, /\*\*0[67]:00\*\*/],
    },
  ],
  [
    { message: "My dog is called Rex and I live in Paris.", holds: [/dog, home/] },
    { message: "What's my dog's name?", holds: [/\*\*Rex\*\*/] },
  ],
  [{ message: "Kannst du mir helfen?", holds: [/calculator/, german] }],
  [{ message: "good bye", holds: [/goodbye/i] }],
  // Several parts of one message.
  [
    {
      message: "Revenue by segment and tell me the time in Lima",
      holds: [/segment/, /Lima/, /\d\d:\d\d/],
      calls: ["sql_query", "current_time"],
    },
  ],
  [
    {
      message:
        "What time is it in Tokyo, what is 15% of 84.50, and how many days are left until Christmas?",
      holds: [/Tokyo/, /\*\*12\.675\*\*/, /\*\*\d+ days?\*\*/],
      calls: ["current_time", "calculator"],
    },
  ],
  [
    {
      message:
        "Wie spät ist es in Tokio, was sind 15 % von 84,50 und wie viele Tage sind es bis Weihnachten?",
      holds: [/Tokio/, /\*\*12,675\*\*/, /\d+ Tage?/],
      calls: ["current_time", "calculator"],
    },
  ],
  [
    {
      message: "Hi! What is 3 + 4 and what's the weather in Rome?",
      holds: [/\*\*7\*\*/, /no tool/i],
    },
  ],
];
