using System.Text;
using Jobs.Documents.Html;

namespace Jobs.Documents.Crawling;

/// <summary>Makes of the answers of one step what they are worth: pages, links, rules, repetitions, problems.</summary>
internal sealed class CrawlAnswers(CrawlPlan plan, CrawlFrontier frontier, CrawlFindings findings, DateTimeOffset now, CancellationToken cancellationToken)
{
    /// <summary>Makes of the answers what they are worth, in the order of the queue.</summary>
    public void Apply(IReadOnlyList<CrawlRequest> requests)
    {
        // What nobody got to ask for is asked for first the next time.
        frontier.PutBack([.. requests.Where(request => request.Answer is null && !request.IsRobots).Select(request => request.Entry)]);
        foreach (var request in requests.Where(request => request.Answer is not null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            frontier.Counts = frontier.Counts with { Requests = frontier.Counts.Requests + request.Requests };
            Wait(request.Entry.Address, request.At);
            if (request.IsRobots)
            {
                ApplyRobots(request.Entry, request.Answer!, request.At);
            }
            else if (request.Answer!.Failure != FetchFailure.None)
            {
                ApplyFailure(request.Entry, request.Answer);
            }
            else
            {
                ApplyStatus(request.Entry, request.Answer, request.At);
            }
        }
    }

    private void Wait(string address, TimeSpan at)
    {
        var host = frontier.HostOf(address)!;
        frontier.SetHost(address, host with { NotBefore = now + at + frontier.DelayOf(host) });
    }

    private void ApplyRobots(CrawlEntry entry, FetchAnswer answer, TimeSpan at)
    {
        if (answer.Failure == FetchFailure.None && answer.Status is >= 200 and < 300)
        {
            KeepRobots(entry, RobotsFile.Parse(answer.Body.Span, CrawlLimits.UserAgent), at);
            return;
        }

        // "Unavailable": there are no rules. Too many redirects are that too, and being asked to slow down is not.
        if (answer.Failure == FetchFailure.None && answer.Status is >= 300 and < 500 and not 429)
        {
            KeepRobots(entry, new RobotsFile(RobotsRules.AllowAll, [], false), at);
            return;
        }

        var host = frontier.HostOf(entry.Address)!;
        var isFinal = answer.Failure is FetchFailure.Forbidden or FetchFailure.NameNotFound || host.RobotsTries + 1 >= CrawlLimits.MaxRobotsTries;
        frontier.SetHost(entry.Address, host with
        {
            RobotsTries = host.RobotsTries + 1,
            // Of a host that is given up nothing is waited for any more.
            NotBefore = isFinal ? now : now + at + Latest(CrawlLimits.RobotsRetryTime, RetryAfter(answer)),
            Robots = isFinal ? RobotsStatus.Unreachable : RobotsStatus.Unknown,
        });
        if (!isFinal)
        {
            return;
        }

        if (answer.Failure is FetchFailure.Forbidden or FetchFailure.NameNotFound)
        {
            ApplyFailure(entry, answer);
        }
        else
        {
            findings.Report(entry, CrawlProblemCodes.RobotsUnreachable, $"The robots.txt cannot be had ({Describe(answer)}), so that nothing of the host is crawled.");
        }
    }

    private void KeepRobots(CrawlEntry entry, RobotsFile file, TimeSpan at)
    {
        if (file.IsTooLarge || !frontier.TryKeepRules(entry.Address, file.Rules))
        {
            frontier.SetHost(entry.Address, frontier.HostOf(entry.Address)! with { Robots = RobotsStatus.Unreachable });
            findings.Report(entry, CrawlProblemCodes.RobotsTooLarge, "The robots.txt has more rules than are kept, so that nothing of the host is crawled.");
            return;
        }

        // The rules may ask for more time than was left before they were known.
        Wait(entry.Address, at);
        OfferSitemaps(CrawlRequest.RobotsAddressOf(entry.Address), file.Sitemaps);
    }

    private void OfferSitemaps(string from, IReadOnlyList<string> sitemaps)
    {
        foreach (var sitemap in plan.UseSitemaps ? sitemaps : [])
        {
            var host = frontier.HostOf(from)!;
            if (host.Sitemaps < CrawlLimits.MaxSitemaps && CrawlAddress.Normalise(sitemap, new Uri(from)) is { } address && !frontier.IsSeen(address))
            {
                frontier.SetHost(from, host with { Sitemaps = host.Sitemaps + 1 });
                frontier.Offer(address, 0, isSitemap: true);
            }
        }
    }

    private void ApplyFailure(CrawlEntry entry, FetchAnswer answer)
    {
        if (answer.Failure is FetchFailure.TimedOut or FetchFailure.Unreachable && TryAgain(entry))
        {
            return;
        }

        var code = answer.Failure switch
        {
            FetchFailure.Forbidden => CrawlProblemCodes.Forbidden,
            FetchFailure.NameNotFound => CrawlProblemCodes.NameNotFound,
            FetchFailure.TimedOut => CrawlProblemCodes.TimedOut,
            FetchFailure.Malformed => CrawlProblemCodes.Malformed,
            FetchFailure.None or FetchFailure.Unreachable => CrawlProblemCodes.Unreachable,
        };
        findings.Report(entry, code, answer.FailureMessage ?? $"There is no answer: {Describe(answer)}.");
    }

    private void ApplyStatus(CrawlEntry entry, FetchAnswer answer, TimeSpan at)
    {
        switch (answer.Status)
        {
            case >= 200 and < 300:
                ApplyContent(entry, answer);
                break;
            case 301 or 302 or 303 or 307 or 308:
                ApplyRedirect(entry, answer);
                break;
            case 429 or >= 500 when TryAgain(entry):
                var host = frontier.HostOf(entry.Address)!;
                frontier.SetHost(entry.Address, host with { NotBefore = now + at + Latest(frontier.DelayOf(host), RetryAfter(answer)) });
                break;
            default:
                findings.Report(entry, CrawlProblemCodes.Status, $"The host answers with status {answer.Status}.");
                break;
        }
    }

    private bool TryAgain(CrawlEntry entry)
    {
        if (entry.Tries + 1 >= CrawlLimits.MaxTries)
        {
            return false;
        }

        frontier.Enqueue(entry with { Tries = entry.Tries + 1 }, isFirst: false);
        return true;
    }

    private void ApplyRedirect(CrawlEntry entry, FetchAnswer answer)
    {
        if (CrawlAddress.Normalise(answer.Location, new Uri(entry.Address)) is not { } target)
        {
            findings.Report(entry, CrawlProblemCodes.RedirectInvalid, "The host redirects to something that is no address.");
        }
        else if (target == entry.Address || entry.Redirects.Contains(target, StringComparer.Ordinal))
        {
            findings.Report(entry, CrawlProblemCodes.RedirectLoop, "The host redirects in a circle.");
        }
        else if (entry.Redirects.Count == CrawlLimits.MaxRedirects)
        {
            findings.Report(entry, CrawlProblemCodes.TooManyRedirects, $"The host redirects more than {CrawlLimits.MaxRedirects} times.");
        }
        else if (!frontier.IsOnSite(target))
        {
            findings.Report(entry, CrawlProblemCodes.RedirectOffSite, $"The host redirects to another site: {target}");
        }
        else if (frontier.IsSeen(target))
        {
            frontier.Skip(CrawlSkip.Duplicate);
        }
        else if (frontier.Note(target))
        {
            frontier.Enqueue(entry with { Address = target, Tries = 0, Redirects = [.. entry.Redirects, entry.Address] }, isFirst: true);
        }
    }

    private void ApplyContent(CrawlEntry entry, FetchAnswer answer)
    {
        if (entry.IsSitemap)
        {
            ApplySitemap(entry, answer);
            return;
        }

        var type = MediaKinds.TypeOf(answer.ContentType);
        switch (MediaKinds.KindOf(type, answer.Body.Span))
        {
            case MediaKind.Html:
                ApplyHtml(entry, answer, type ?? "text/html");
                break;
            case MediaKind.Text:
                ApplyText(entry, answer, type ?? "text/plain");
                break;
            case MediaKind.Document:
                findings.List(entry, type ?? "application/pdf");
                break;
            default:
                frontier.Skip(CrawlSkip.Type);
                if (entry.Depth == 0)
                {
                    findings.Report(entry, CrawlProblemCodes.UnsupportedType, $"It is neither a page nor a document, but {type ?? "of an unknown type"}.");
                }

                break;
        }
    }

    private void ApplySitemap(CrawlEntry entry, FetchAnswer answer)
    {
        var sitemap = Sitemap.Read(answer.Body);
        OfferSitemaps(entry.Address, sitemap.Sitemaps);
        foreach (var text in sitemap.Addresses)
        {
            if (CrawlAddress.Normalise(text, new Uri(entry.Address)) is { } address)
            {
                frontier.Offer(address, 0);
            }
            else
            {
                frontier.Skip(CrawlSkip.Address);
            }
        }
    }

    private void ApplyHtml(CrawlEntry entry, FetchAnswer answer, string type)
    {
        var html = HtmlReader.Read(HtmlDecoder.Decode(answer.Body.Span, answer.ContentType, answer.IsBodyCut), new Uri(entry.Address), CrawlLimits.UserAgent, cancellationToken);
        var rules = html.Indexing.And(HeaderRules(answer));
        var links = Follow(entry, html, rules);
        if (rules.NoIndex)
        {
            frontier.Skip(CrawlSkip.NoIndex);
            return;
        }

        findings.Return(entry, html.Canonical, new CrawlPage
        {
            Id = "",
            Address = entry.Address,
            FoundAt = [.. entry.Redirects, entry.Address],
            Depth = entry.Depth,
            Status = answer.Status,
            ContentType = type,
            Title = html.Title,
            Description = html.Description,
            Language = html.Language ?? HtmlReader.PrimaryTag(answer.ContentLanguage),
            Published = html.Published,
            Headings = html.Headings,
            Text = html.Text,
            Markdown = html.Markdown,
            Words = 0,
            Links = links,
            ContentHash = "",
            IsCut = html.IsCut || answer.IsBodyCut,
        });
    }

    private void ApplyText(CrawlEntry entry, FetchAnswer answer, string type)
    {
        if (HeaderRules(answer).NoIndex)
        {
            frontier.Skip(CrawlSkip.NoIndex);
            return;
        }

        var text = CleanText.Clean(HtmlDecoder.Decode(answer.Body.Span, answer.ContentType, answer.IsBodyCut));
        var isCut = text.Length > HtmlLimits.MaxOutputCharacters;
        if (isCut)
        {
            text = text[..(char.IsHighSurrogate(text[HtmlLimits.MaxOutputCharacters - 1]) ? HtmlLimits.MaxOutputCharacters - 1 : HtmlLimits.MaxOutputCharacters)];
        }

        findings.Return(entry, canonical: null, new CrawlPage
        {
            Id = "",
            Address = entry.Address,
            FoundAt = [.. entry.Redirects, entry.Address],
            Depth = entry.Depth,
            Status = answer.Status,
            ContentType = type,
            Language = HtmlReader.PrimaryTag(answer.ContentLanguage),
            Text = text,
            Markdown = type == "text/plain" ? Fenced(text) : text,
            Words = 0,
            ContentHash = "",
            IsCut = isCut || answer.IsBodyCut,
        });
    }

    /// <summary>Takes up a page's links, and gives their addresses, each once.</summary>
    private List<string> Follow(CrawlEntry entry, HtmlPage html, IndexingRules rules)
    {
        var links = new List<string>();
        var once = new HashSet<string>(StringComparer.Ordinal);
        foreach (var link in html.Links)
        {
            if (CrawlAddress.Normalise(link.Address, null) is not { } address)
            {
                frontier.Skip(CrawlSkip.Address);
                continue;
            }

            if (!once.Add(address))
            {
                continue;
            }

            links.Add(address);
            if (rules.NoFollow || link.NoFollow)
            {
                frontier.Skip(CrawlSkip.NoFollow);
            }
            else
            {
                frontier.Offer(address, entry.Depth + 1);
            }
        }

        return links;
    }

    private static IndexingRules HeaderRules(FetchAnswer answer) =>
        answer.RobotsTags.Aggregate(default(IndexingRules), (rules, tag) => rules.And(IndexingRules.ParseHeader(tag, CrawlLimits.UserAgent)));

    private static TimeSpan RetryAfter(FetchAnswer answer)
    {
        var max = TimeSpan.FromMilliseconds(CrawlLimits.MaxDelayMilliseconds);
        return answer.RetryAfter is { } time && time > TimeSpan.Zero ? time < max ? time : max : TimeSpan.Zero;
    }

    private static TimeSpan Latest(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static string Describe(FetchAnswer answer) => answer.Failure == FetchFailure.None ? $"status {answer.Status}" : answer.Failure switch
    {
        FetchFailure.Forbidden => "the address must not be called",
        FetchFailure.NameNotFound => "the name does not resolve",
        FetchFailure.TimedOut => "it took too long",
        FetchFailure.Malformed => "what came was not understood",
        FetchFailure.None or FetchFailure.Unreachable => "there was no connection",
    };

    /// <summary>Plain text as Markdown: a block of code, because nothing in it is meant as markup.</summary>
    private static string Fenced(string text)
    {
        var run = 0;
        var longest = 2;
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        var fence = new string('`', longest + 1);
        return new StringBuilder().Append(fence).Append('\n').Append(text.TrimEnd('\n')).Append('\n').Append(fence).ToString();
    }
}
