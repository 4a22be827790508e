using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Jobs.Generation.Offline.Agents;

namespace Jobs.Generation.Tests.Agents;

/// <summary>What generated agents do when they run: prompt, input, output.</summary>
public class BehaviourTests
{
    private const string Long = "Bees visit flowers. Bees carry pollen from flowers to flowers. Some people like tea. Without bees many flowers would bear no fruit.";

    /// <summary>Prompts and refinements, an input, and the output. An expectation between slashes is a pattern.</summary>
    private static readonly (string[] Prompts, string Input, string Expected)[] Cases =
    [
        (["turn text into uppercase"], """{"text":"Grüezi, World"}""", """{"text":"GRÜEZI, WORLD"}"""),
        (["make a slug from a title"], """{"text":"  Élan & Straße: 10 Tips! "}""", """{"text":"elan-strasse-10-tips"}"""),
        (["convert names to snake_case"], """{"text":"userFirstName"}""", """{"text":"user_first_name"}"""),
        (["camelCase the text"], """{"text":"Hello big world"}""", """{"text":"helloBigWorld"}"""),
        (["title case the input"], """{"text":"the quick BROWN fox"}""", """{"text":"The Quick Brown Fox"}"""),
        (["reverse a text"], """{"text":"añ👩‍👩‍👧b"}""", """{"text":"b👩‍👩‍👧ña"}"""),
        (["reverse the words of a text"], """{"text":"one two three"}""", """{"text":"three two one"}"""),
        (["""replace "cat" with "$& dog" in the text"""], """{"text":"a cat, a Cat, cat"}""", """{"text":"a $& dog, a Cat, $& dog"}"""),
        (["trim the text and make it lowercase"], """{"text":"  A   B "}""", """{"text":"a b"}"""),
        (["remove duplicate lines and sort the lines"], """{"text":"b\na\nb"}""", """{"text":"a\nb"}"""),
        (["extract all emails from a text"], """{"text":"Write to ada@example.com or <bob@b.org>."}""", """{"text":"ada@example.com\nbob@b.org"}"""),
        (["truncate text to 5 characters"], """{"text":"abcdefgh"}""", """{"text":"abcde…"}"""),
        (["encode text in base64"], """{"text":"hé"}""", """{"text":"aMOp"}"""),
        (["count the words and characters of a text"], """{"text":"It's a dog-eared café."}""", """{"text":"It's a dog-eared café.","words":4,"characters":22}"""),
        (["word count"], """{"text":""}""", """{"text":"","words":0}"""),
        (["make the text lowercase", "make it uppercase instead", "also return the word count"], """{"text":"one two"}""", """{"text":"ONE TWO","words":2}"""),
        (["uppercase the text", "also reverse it"], """{"text":"abc"}""", """{"text":"CBA"}"""),
        (["summarize a text in 2 sentences"], $$"""{"text":"{{Long}}"}""", """{"summary":"Bees visit flowers. Bees carry pollen from flowers to flowers.","sentences":["Bees visit flowers.","Bees carry pollen from flowers to flowers."]}"""),
        (["summarize a text", "make it shorter", "also return the word count and keywords"], $$"""{"text":"{{Long}}"}""", """/^{"summary":"Bees [^.]+\.","sentences":\["Bees [^.]+\."\],"words":22,"summaryWords":\d,"keywords":\["flowers","bees",.*\]}$/"""),
        (["analyse the sentiment of reviews"], """{"text":"Not good. The worst!"}""", """{"score":-3,"label":"negative","matches":[{"word":"worst","count":1,"points":-2},{"word":"good","count":1,"points":-1}]}"""),
        (["score leads: budget 5, urgent 3, student -4, threshold 5"], """{"text":"Urgent, urgent! We have a BUDGET."}""", """{"score":11,"label":"positive","matches":[{"word":"urgent","count":2,"points":6},{"word":"budget","count":1,"points":5}],"passes":true}"""),
        (["score a text: +10 points for \"enterprise plan\" and -2 points for \"free\""], """{"text":"the enterprise plan, free"}""", """{"score":8,"label":"positive","matches":[{"word":"enterprise plan","count":1,"points":10},{"word":"free","count":1,"points":-2}]}"""),
        (["validate an email address"], """{"email":"ada@example.com"}""", """{"valid":true,"errors":[]}"""),
        (["validate an email address"], """{"email":"ada@@example"}""", """{"valid":false,"errors":[{"field":"email","message":"is not an e-mail address"}]}"""),
        (["check whether an IBAN is valid"], """{"iban":"DE89 3704 0044 0532 0130 00"}""", """{"valid":true,"errors":[]}"""),
        (["check whether an IBAN is valid"], """{"iban":"DE88370400440532013000"}""", """{"valid":false,"errors":[{"field":"iban","message":"is an IBAN with wrong check digits"}]}"""),
        (["validate credit card numbers"], """{"cardNumber":"4111-1111-1111-1111"}""", """{"valid":true,"errors":[]}"""),
        (["validate credit card numbers"], """{"cardNumber":"5500 0000 0000 0005"}""", """{"valid":false,"errors":[{"field":"cardNumber","message":"is a card number with a wrong check digit"}]}"""),
        (["validate credit card numbers with Luhn"], """{"cardNumber":"6011000990139424"}""", """{"valid":true,"errors":[]}"""),
        (["validate a form with required fields: first name, email; check the phone number"], """{"email":"x","phone":"+41 44 668 18 00"}""", """{"valid":false,"errors":[{"field":"email","message":"is not an e-mail address"},{"field":"firstName","message":"is required"}]}"""),
        (["validate urls and dates", "also validate uuids"], """{"url":"ftp://x","date":"2026-02-30","uuid":"no"}""", """/^{"valid":false,"errors":\[{"field":"url",.*{"field":"date",.*{"field":"uuid".*\]}$/"""),
        (["email me a joke every morning"], "{}", """/^{"to":"","subject":"Your joke of the day","text":"[^"]{20,}","sent":false}$/"""),
        (["draft a polite email that declines a meeting"], """{"to":"a@b.ch","name":"Bob","topic":"your {name} invitation"}""", """{"to":"a@b.ch","subject":"About your {name} invitation","text":"Hello Bob,\n\nthank you for your {name} invitation. Unfortunately I have to decline this time; I hope that you understand.","sent":false}"""),
        (["draft an email with the subject \"Hi {name}\" saying \"Lunch at ${1+1}?\""], """{"to":"a@b.ch"}""", """{"to":"a@b.ch","subject":"Hi {name}","text":"Lunch at ${1+1}?","sent":false}"""),
        (["convert CSV to JSON"], """{"csv":"a,b\r\n1,\"x \"\"y\"\", z\"\r\n\"line\nend\",\r\n"}""", """{"rows":[{"a":"1","b":"x \"y\", z"},{"a":"line\nend","b":""}],"columns":["a","b"],"count":2}"""),
        (["parse CSV with semicolons into JSON, with numbers as numbers"], """{"csv":"a;b\n1.5;007\ntrue;x"}""", """{"rows":[{"a":1.5,"b":"007"},{"a":true,"b":"x"}],"columns":["a","b"],"count":2}"""),
        (["convert JSON to CSV"], """{"rows":[{"a":1,"b":"x, \"y\""},{"b":null,"c":{"d":1}}]}""", """{"csv":"a,b,c\r\n1,\"x, \"\"y\"\"\",\r\n,,\"{\"\"d\"\":1}\"\r\n","columns":["a","b","c"],"count":2}"""),
        (["convert CSV to JSON", "the other way round, with tabs"], """{"rows":[{"a":"x\ty"}]}""", """{"csv":"a\r\n\"x\ty\"\r\n","columns":["a"],"count":1}"""),
        (["days between two dates"], """{"from":"2024-02-28","to":"2024-03-01"}""", """{"days":2,"weeks":0}"""),
        (["how many days until a date"], """{"to":"2026-12-25"}""", """{"days":33,"weeks":4}"""),
        (["add 5 business days to a date"], """{"date":"2026-11-20"}""", """{"date":"2026-11-27","weekday":"Friday"}"""),
        (["business days between two dates"], """{"from":"2026-11-20","to":"2026-11-30"}""", """{"businessDays":6}"""),
        (["add 1 month to a date"], """{"date":"2024-01-31"}""", """{"date":"2024-02-29","weekday":"Thursday"}"""),
        (["subtract 2 weeks from a European date"], """{"date":"03/04/2026"}""", """{"date":"2026-03-20","weekday":"Friday"}"""),
        (["find the next Friday"], "{}", """{"date":"2026-11-27","days":5}"""),
        (["calculate the age from a date of birth"], """{"birthDate":"2000-11-23"}""", """{"years":25,"daysToBirthday":1}"""),
        (["which weekday is a US date"], """{"date":"03/04/2026"}""", """{"weekday":"Wednesday","isWeekend":false}"""),
        (["calculate the mean, median and standard deviation of numbers"], """{"numbers":[2,4,4,4,5,5,7,9]}""", """{"mean":5,"median":4.5,"standardDeviation":2}"""),
        (["sum up a list of numbers", "also the mode, quartiles and maximum"], """{"numbers":[1,2,2,10]}""", """{"sum":15,"mode":[2],"max":10,"quartiles":[1.75,2,4]}"""),
        (["greet people by name"], """{"name":"Ada"}""", """{"message":"Hello, Ada!"}"""),
        (["fill the template \"Dear {{name}}, order {number} ships. Yours, $1\""], """{"name":"$& Bob","number":"7"}""", """{"message":"Dear $& Bob, order 7 ships. Yours, $1"}"""),
        (["roll two dice"], "{}", """/^{"rolls":\[[1-6],[1-6]\],"total":\d+}$/"""),
        (["pick a random lunch: pizza, sushi or tacos"], "{}", """/^{"choice":"(pizza|sushi|tacos)","index":[012]}$/i"""),
        (["generate a password of 16 characters"], "{}", """/^{"password":"(?:[^"\\]){16}"}$/"""),
        (["a random number between 5 and 7"], "{}", """/^{"number":[567]}$/"""),
        (["shuffle a list"], """{"items":[1,2,3]}""", """/^{"items":\[[123],[123],[123]\]}$/"""),
        (["flip a coin"], "{}", """/^{"choice":"(heads|tails)","index":[01]}$/"""),
        (["tell me a joke"], "{}", """/^{"choice":"[^"]{10,}","index":\d+}$/"""),
        (["convert km to miles"], """{"value":42.195}""", """{"value":26.2188,"unit":"miles"}"""),
        (["convert celsius to fahrenheit", "use one decimal"], """{"value":36.6}""", """{"value":97.9,"unit":"fahrenheit"}"""),
        (["fahrenheit to celsius"], """{"value":-40}""", """{"value":-40,"unit":"celsius"}"""),
        (["kelvin to celsius"], """{"value":0}""", """{"value":-273.15,"unit":"celsius"}"""),
    ];

    /// <summary>In parts, because a busy machine needs long for them all.</summary>
    private const int Parts = 4;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Agents_do_what_their_prompts_say(int part)
    {
        var cases = Cases.Where((_, i) => i % Parts == part).ToList();
        var runs = cases.Select(c => (GeneratedAgent.From(c.Prompts), JsonNode.Parse(c.Input)!, (IReadOnlyList<FakeAnswer>)[])).ToList();
        var results = await AgentRuns.RunAsync(runs);
        var wrong = cases.Zip(results).Where(pair => !Matches(pair.First.Expected, pair.Second.Output)).Select(pair =>
            $"{string.Join(" | ", pair.First.Prompts)}\n  input    {pair.First.Input}\n  expected {pair.First.Expected}\n  got      {pair.Second.Output ?? pair.Second.Error}").ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Agents that send requests: prompt, answer to its question, input, what the network answers, the output or error, and what was sent.</summary>
    private static readonly (string Prompt, string Answer, string Input, FakeAnswer[] Network, string Expected, string[] Sent)[] Calls =
    [
        ("fetch https://api.example.com/x and return the title", "", "{}", [new("""{"data":{"title":"Hi"}}""")], """{"status":200,"title":"Hi"}""", ["GET https://api.example.com/x"]),
        ("fetch https://example.com/ and return its title and description", "", """{"query":{"q":"a b"}}""",
            [new("<html><head><TITLE>A &amp; B</TITLE><meta name=\"description\" content=\"About\"></head>", Type: "text/html")],
            """{"status":200,"title":"A & B","description":"About"}""", ["GET https://example.com/?q=a+b"]),
        ("call https://example.com/data", "", "{}", [new("plain", Type: "text/plain")], """{"status":200,"data":"plain"}""", ["GET https://example.com/data"]),
        ("call https://example.com/weather and return main.temp", "", "{}", [new("""{"main":{"temp":3.5}}""")], """{"status":200,"temp":3.5}""", ["GET https://example.com/weather"]),
        ("call https://example.com/data", "", "{}", [new("gone", 410)], "example.com answered 410: gone", ["GET https://example.com/data"]),
        ("post the input to https://hooks.example.com/abc with a bearer token", "", """{"body":{"a":1}}""", [new("""{"ok":true}""")],
            """{"status":200,"data":{"ok":true}}""", ["POST https://hooks.example.com/abc Bearer value of API_KEY {\"a\":1}"]),
        ("call an API", "nothing useful", """{"url":"https://any.example/x"}""", [new("[1]")], """{"status":200,"data":[1]}""", ["GET https://any.example/x"]),
        ("email ada@example.com saying \"It's time\"", "Resend", "{}", [new("""{"id":"1"}""")], """{"to":"ada@example.com","subject":"A message for you","text":"It's time","sent":true}""",
            ["""POST https://api.resend.com/emails Bearer value of RESEND_API_KEY {"from":"onboarding@resend.dev","to":["ada@example.com"],"subject":"A message for you","text":"It's time"}"""]),
        ("send an email saying \"Hi\" with the subject \"S\" from me@example.com", "SendGrid", """{"to":"bob@example.com"}""", [new("", 202)], """{"to":"bob@example.com","subject":"S","text":"Hi","sent":true}""",
            ["""POST https://api.sendgrid.com/v3/mail/send Bearer value of SENDGRID_API_KEY {"personalizations":[{"to":[{"email":"bob@example.com"}]}],"from":{"email":"me@example.com"},"subject":"S","content":[{"type":"text/plain","value":"Hi"}]}"""]),
        ("send an email saying \"Hi\"", "Resend", """{"to":"bob@example.com"}""", [new("bad key", 401)], "Resend refused the e-mail: 401 bad key", ["/^POST https://api.resend.com/emails /"]),
        ("send an email saying \"Hi\"", "Resend", "{}", [], "Nobody to write to: give the input \"to\", or name an address in the next prompt.", []),
        ("translate from English to German", "", """{"text":"Good morning."}""", [new("""{"responseStatus":200,"responseData":{"translatedText":"Guten Morgen."}}""")],
            """{"text":"Guten Morgen.","from":"en","to":"de"}""", ["GET https://api.mymemory.translated.net/get?q=Good+morning.&langpair=en%7Cde"]),
        ("translate from English to German", "", """{"text":"x"}""", [new("""{"responseStatus":"403","responseDetails":"no more"}""")],
            "The translation service answered 403: no more", ["/^GET https://api.mymemory.translated.net/"]),
    ];

    [Fact]
    public async Task Agents_that_call_out_send_what_their_prompts_say()
    {
        var agents = Calls.Select(call => GeneratedAgent.Answering(_ => call.Answer, call.Prompt)).ToList();
        var results = await AgentRuns.RunAsync([.. Calls.Select((call, i) => (agents[i], JsonNode.Parse(call.Input)!, (IReadOnlyList<FakeAnswer>)call.Network))]);
        for (var i = 0; i < Calls.Length; i++)
        {
            Assert.Equal(Calls[i].Expected, results[i].Output ?? results[i].Error);
            Assert.Equal(Calls[i].Sent.Length, results[i].Requests.Count);
            Assert.All(results[i].Requests.Zip(Calls[i].Sent), pair =>
            {
                var sent = string.Join(' ', new[] { pair.First.Method, pair.First.Url, pair.First.Headers.GetValueOrDefault("Authorization", ""), pair.First.Body }.Where(part => part.Length > 0));
                Assert.True(Matches(pair.Second, sent), sent);
                // What must be granted is what is called.
                Assert.True(agents[i].Plan.Settings is HttpSettings { Address: "" } || agents[i].Summary.Contains(new Uri(pair.First.Url).Host, StringComparison.Ordinal));
            });
        }
    }

    private static bool Matches(string expected, string? output) =>
        output is not null && (expected is ['/', .. var pattern] ? Regex.IsMatch(output, pattern[..pattern.LastIndexOf('/')], pattern.EndsWith('i') ? RegexOptions.IgnoreCase : RegexOptions.None) : output == expected);
}
