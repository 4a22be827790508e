using System.Text;
using Jobs.Documents.Html;

namespace Jobs.Documents.Crawling;

/// <summary>
/// Crawls in steps. A step takes a state and gives the next one with what it found: it keeps nothing, reads no clock and waits for nothing, so that one that was cut short is done
/// again from the same state, and gives the same pages if the hosts give the same answers. A host is asked one thing at a time, and not before its delay has passed.
/// </summary>
public static class Crawler
{
    /// <summary>The state of a crawl that begins. Throws <see cref="ArgumentException"/> for a plan with <see cref="CrawlPlan.Problems"/>.</summary>
    public static CrawlState Start(CrawlPlan plan, DateTimeOffset now)
    {
        if (plan.Problems() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(plan));
        }

        var frontier = new CrawlFrontier(new CrawlState { Plan = plan, StartedAt = now });
        foreach (var address in plan.StartAddresses.Select(address => CrawlAddress.Normalise(address, null)!))
        {
            // Whoever names an address means it, whatever it looks like.
            if (!frontier.IsSeen(address) && frontier.Note(address))
            {
                frontier.Enqueue(new CrawlEntry { Address = address }, isFirst: false);
            }
        }

        return frontier.Close(null);
    }

    /// <summary>
    /// Does the next requests of a crawl, at most as many as the batch has (1 to <see cref="CrawlLimits.MaxBatch"/>), several hosts at a time. Where nothing is due, it makes none and says
    /// by <see cref="CrawlStep.NextAt"/> when something is. Of a crawl that has ended it gives nothing more.
    /// </summary>
    public static async Task<CrawlStep> StepAsync(CrawlState state, int batchSize, IPageFetcher fetcher, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batchSize, CrawlLimits.MaxBatch);
        if (state.End is not null)
        {
            return new CrawlStep(state, [], [], [], null);
        }

        var deadline = state.StartedAt.AddSeconds(state.Plan.MaxSeconds);
        var step = new Step(state, fetcher, now, deadline, cancellationToken);
        if (now >= deadline)
        {
            return step.Finish(CrawlEnd.MaxSeconds);
        }

        var work = step.Choose(batchSize);
        await Task.WhenAll(work.GroupBy(item => CrawlAddress.OriginOf(item.Entry.Address)).Select(step.AskHostAsync));
        step.Apply(work);
        return step.Finish(null);
    }

    /// <summary>Something to be asked for in a step, and what came of it.</summary>
    private sealed class Work(CrawlEntry entry, bool isRobots)
    {
        public CrawlEntry Entry => entry;

        public bool IsRobots => isRobots;

        /// <summary>The answer; null when the crawl's time was over before.</summary>
        public FetchAnswer? Answer { get; set; }

        /// <summary>How long the step had been asking the host when the answer was there.</summary>
        public TimeSpan At { get; set; }

        public int Requests { get; set; }
    }

    private sealed class Step(CrawlState state, IPageFetcher fetcher, DateTimeOffset now, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        private readonly CrawlFrontier _frontier = new(state);
        private readonly List<CrawlPage> _pages = [];
        private readonly List<CrawlDocument> _documents = [];
        private readonly List<CrawlProblem> _problems = [];

        /// <summary>Takes out of the queue what is due, and what turns out not to be crawled.</summary>
        public List<Work> Choose(int batchSize)
        {
            var work = new List<Work>();
            var waiting = new List<CrawlEntry>();
            var busy = new HashSet<string>(StringComparer.Ordinal);
            var pages = Math.Min(batchSize, state.Plan.MaxPages - state.Counts.Pages);
            var checks = 0;
            foreach (var entry in _frontier.TakeQueue())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var origin = CrawlAddress.OriginOf(entry.Address);
                if (work.Count == pages || checks == CrawlLimits.MaxChecksPerStep || busy.Contains(origin))
                {
                    waiting.Add(entry);
                    continue;
                }

                if (_frontier.HostOf(entry.Address) is not { } host)
                {
                    _frontier.Skip(CrawlSkip.Limit);
                    continue;
                }

                if (host.Robots == RobotsStatus.Unknown)
                {
                    if (host.NotBefore <= now)
                    {
                        work.Add(new Work(new CrawlEntry { Address = origin + "/robots.txt" }, isRobots: true));
                    }

                    busy.Add(origin);
                    waiting.Add(entry);
                    continue;
                }

                checks++;
                if (IsLeftOut(entry, host))
                {
                    continue;
                }

                if (host.NotBefore > now)
                {
                    busy.Add(origin);
                    waiting.Add(entry);
                    continue;
                }

                work.Add(new Work(entry, isRobots: false));
                if (DelayOf(host) > TimeSpan.Zero)
                {
                    busy.Add(origin);
                }
            }

            _frontier.PutBack(waiting);
            return work;
        }

        /// <summary>Asks one host, one request after the other.</summary>
        public async Task AskHostAsync(IEnumerable<Work> work)
        {
            var elapsed = TimeSpan.Zero;
            foreach (var item in work)
            {
                if (now + elapsed >= deadline)
                {
                    return;
                }

                var answer = item.IsRobots ? await AskRobotsAsync(item) : await AskAsync(item, item.Entry.Address, item.Entry.IsSitemap ? CrawlLimits.MaxSitemapBytes : CrawlLimits.MaxPageBytes);
                elapsed += answer.Elapsed;
                item.Answer = answer;
                item.At = elapsed;
            }
        }

        /// <summary>Makes of the answers what they are worth, in the order of the queue.</summary>
        public void Apply(IReadOnlyList<Work> work)
        {
            // What nobody got to ask for is asked for first the next time.
            _frontier.PutBack([.. work.Where(item => item.Answer is null && !item.IsRobots).Select(item => item.Entry)]);
            foreach (var item in work.Where(item => item.Answer is not null))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _frontier.Counts = _frontier.Counts with { Requests = _frontier.Counts.Requests + item.Requests };
                Wait(item.Entry.Address, item.At);
                if (item.IsRobots)
                {
                    ApplyRobots(item.Entry, item.Answer!, item.At);
                }
                else if (item.Answer!.Failure != FetchFailure.None)
                {
                    ApplyFailure(item.Entry, item.Answer);
                }
                else
                {
                    ApplyStatus(item.Entry, item.Answer, item.At);
                }
            }
        }

        /// <summary>The step's result.</summary>
        public CrawlStep Finish(CrawlEnd? end)
        {
            end ??= _frontier.Counts.Pages >= state.Plan.MaxPages ? CrawlEnd.MaxPages : _frontier.Queue.Count == 0 ? CrawlEnd.Finished : null;
            DateTimeOffset? nextAt = end is null ? NextAt() : null;
            return new CrawlStep(_frontier.Close(end), _pages, _documents, _problems, nextAt);
        }

        private DateTimeOffset NextAt()
        {
            var next = deadline;
            foreach (var entry in _frontier.Queue)
            {
                var at = _frontier.HostOf(entry.Address)?.NotBefore ?? now;
                next = at < next ? at : next;
            }

            return next > now ? next : now;
        }

        private TimeSpan DelayOf(CrawlHost host) => TimeSpan.FromMilliseconds(Math.Max(state.Plan.DelayMilliseconds, host.Rules.DelayMilliseconds ?? 0));

        private void Wait(string address, TimeSpan at)
        {
            var host = _frontier.HostOf(address)!;
            _frontier.SetHost(address, host with { NotBefore = now + at + DelayOf(host) });
        }

        /// <summary>Counts, lists or reports what is not asked for.</summary>
        private bool IsLeftOut(CrawlEntry entry, CrawlHost host)
        {
            if (host.Robots == RobotsStatus.Unreachable || !host.Rules.IsAllowed(CrawlAddress.PathOf(entry.Address)))
            {
                _frontier.Skip(CrawlSkip.Robots);
                if (entry is { Depth: 0, IsSitemap: false } && host.Robots == RobotsStatus.Known)
                {
                    Report(entry, CrawlProblemCodes.RobotsDisallowed, "The host's robots.txt forbids it.");
                }

                return true;
            }

            if (_frontier.IsReturned(entry.Address))
            {
                _frontier.Skip(CrawlSkip.Duplicate);
                return true;
            }

            if (!entry.IsSitemap && MediaKinds.DocumentTypeOf(entry.Address) is { } type)
            {
                List(entry, type);
                return true;
            }

            return false;
        }

        private async Task<FetchAnswer> AskAsync(Work item, string address, int maxBytes)
        {
            item.Requests++;
            return await fetcher.FetchAsync(new FetchRequest(address, maxBytes), cancellationToken);
        }

        /// <summary>Asks for a robots.txt, and follows its redirects, to other hosts too, as RFC 9309 lays down.</summary>
        private async Task<FetchAnswer> AskRobotsAsync(Work item)
        {
            var address = item.Entry.Address;
            var elapsed = TimeSpan.Zero;
            for (var redirects = 0; ; redirects++)
            {
                var answer = await AskAsync(item, address, CrawlLimits.MaxRobotsBytes + 1);
                elapsed += answer.Elapsed;
                if (answer.Status is < 300 or >= 400 || redirects == CrawlLimits.MaxRobotsRedirects || CrawlAddress.Normalise(answer.Location, new Uri(address)) is not { } next)
                {
                    return answer with { Elapsed = elapsed };
                }

                address = next;
            }
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

            var host = _frontier.HostOf(entry.Address)!;
            var isFinal = answer.Failure is FetchFailure.Forbidden or FetchFailure.NameNotFound || host.RobotsTries + 1 >= CrawlLimits.MaxRobotsTries;
            _frontier.SetHost(entry.Address, host with
            {
                RobotsTries = host.RobotsTries + 1,
                NotBefore = now + at + Latest(CrawlLimits.RobotsRetryTime, RetryAfter(answer)),
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
                Report(entry, CrawlProblemCodes.RobotsUnreachable, $"The robots.txt cannot be had ({Describe(answer)}), so that nothing of the host is crawled.");
            }
        }

        private void KeepRobots(CrawlEntry entry, RobotsFile file, TimeSpan at)
        {
            if (file.IsTooLarge || !_frontier.TryKeepRules(entry.Address, file.Rules))
            {
                _frontier.SetHost(entry.Address, _frontier.HostOf(entry.Address)! with { Robots = RobotsStatus.Unreachable });
                Report(entry, CrawlProblemCodes.RobotsTooLarge, "The robots.txt has more rules than are kept, so that nothing of the host is crawled.");
                return;
            }

            // The rules may ask for more time than was left before they were known.
            Wait(entry.Address, at);
            OfferSitemaps(entry.Address, file.Sitemaps);
        }

        private void OfferSitemaps(string from, IReadOnlyList<string> sitemaps)
        {
            foreach (var sitemap in state.Plan.UseSitemaps ? sitemaps : [])
            {
                var host = _frontier.HostOf(from)!;
                if (host.Sitemaps < CrawlLimits.MaxSitemaps && CrawlAddress.Normalise(sitemap, new Uri(from)) is { } address && !_frontier.IsSeen(address))
                {
                    _frontier.SetHost(from, host with { Sitemaps = host.Sitemaps + 1 });
                    _frontier.Offer(address, 0, isSitemap: true);
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
            Report(entry, code, answer.FailureMessage ?? $"There is no answer: {Describe(answer)}.");
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
                    var host = _frontier.HostOf(entry.Address)!;
                    _frontier.SetHost(entry.Address, host with { NotBefore = now + at + Latest(DelayOf(host), RetryAfter(answer)) });
                    break;
                default:
                    Report(entry, CrawlProblemCodes.Status, $"The host answers with status {answer.Status}.");
                    break;
            }
        }

        private bool TryAgain(CrawlEntry entry)
        {
            if (entry.Tries + 1 >= CrawlLimits.MaxTries)
            {
                return false;
            }

            _frontier.Enqueue(entry with { Tries = entry.Tries + 1 }, isFirst: false);
            return true;
        }

        private void ApplyRedirect(CrawlEntry entry, FetchAnswer answer)
        {
            if (CrawlAddress.Normalise(answer.Location, new Uri(entry.Address)) is not { } target)
            {
                Report(entry, CrawlProblemCodes.RedirectInvalid, "The host redirects to something that is no address.");
            }
            else if (target == entry.Address || entry.Redirects.Contains(target, StringComparer.Ordinal))
            {
                Report(entry, CrawlProblemCodes.RedirectLoop, "The host redirects in a circle.");
            }
            else if (entry.Redirects.Count == CrawlLimits.MaxRedirects)
            {
                Report(entry, CrawlProblemCodes.TooManyRedirects, $"The host redirects more than {CrawlLimits.MaxRedirects} times.");
            }
            else if (!_frontier.IsOnSite(target))
            {
                Report(entry, CrawlProblemCodes.RedirectOffSite, $"The host redirects to another site: {target}");
            }
            else if (_frontier.IsSeen(target))
            {
                _frontier.Skip(CrawlSkip.Duplicate);
            }
            else if (_frontier.Note(target))
            {
                _frontier.Enqueue(entry with { Address = target, Tries = 0, Redirects = [.. entry.Redirects, entry.Address] }, isFirst: true);
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
                    List(entry, type ?? "application/pdf");
                    break;
                default:
                    _frontier.Skip(CrawlSkip.Type);
                    if (entry.Depth == 0)
                    {
                        Report(entry, CrawlProblemCodes.UnsupportedType, $"It is neither a page nor a document, but {type ?? "of an unknown type"}.");
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
                    _frontier.Offer(address, 0);
                }
                else
                {
                    _frontier.Skip(CrawlSkip.Address);
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
                _frontier.Skip(CrawlSkip.NoIndex);
                return;
            }

            Return(entry, html.Canonical, new CrawlPage
            {
                Id = "",
                Address = entry.Address,
                FoundAt = [.. entry.Redirects, entry.Address],
                Depth = entry.Depth,
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
                _frontier.Skip(CrawlSkip.NoIndex);
                return;
            }

            var text = CleanText.Clean(HtmlDecoder.Decode(answer.Body.Span, answer.ContentType, answer.IsBodyCut));
            var isCut = text.Length > HtmlLimits.MaxOutputCharacters;
            if (isCut)
            {
                text = text[..(char.IsHighSurrogate(text[HtmlLimits.MaxOutputCharacters - 1]) ? HtmlLimits.MaxOutputCharacters - 1 : HtmlLimits.MaxOutputCharacters)];
            }

            Return(entry, canonical: null, new CrawlPage
            {
                Id = "",
                Address = entry.Address,
                FoundAt = [.. entry.Redirects, entry.Address],
                Depth = entry.Depth,
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
                    _frontier.Skip(CrawlSkip.Address);
                    continue;
                }

                if (!once.Add(address))
                {
                    continue;
                }

                links.Add(address);
                if (rules.NoFollow || link.NoFollow)
                {
                    _frontier.Skip(CrawlSkip.NoFollow);
                }
                else
                {
                    _frontier.Offer(address, entry.Depth + 1);
                }
            }

            return links;
        }

        /// <summary>Returns a page, unless it was returned before: by the address that it names, by its text, or nearly so.</summary>
        private void Return(CrawlEntry entry, string? canonical, CrawlPage page)
        {
            var (simHash, words) = SimHash.Of(page.Text);
            var address = entry.Address;
            if (CrawlAddress.Normalise(canonical, null) is { } named && named != address && CrawlAddress.SiteOf(named) == CrawlAddress.SiteOf(address))
            {
                // Sites that name their home as the canonical address of every page have made a mistake.
                address = words >= CrawlLimits.MinNearDuplicateWords && _frontier.IsUnlike(named, simHash) ? address : named;
            }

            var contentHash = Packed.HexHash($"{page.Title}\n{page.Text}");
            var textHash = Packed.Hash(contentHash);
            if ((_frontier.IsReturned(address) ? CrawlSkip.Duplicate : _frontier.DuplicateReason(textHash, simHash, words)) is { } reason)
            {
                _frontier.Skip(reason);
                return;
            }

            _frontier.Note(address);
            _frontier.Return(address, textHash, simHash, words);
            _pages.Add(page with { Id = Packed.HexHash(address)[..32], Address = address, Words = words, ContentHash = contentHash });
        }

        private void List(CrawlEntry entry, string type)
        {
            if (_frontier.Counts.Documents >= CrawlLimits.MaxDocuments)
            {
                _frontier.Skip(CrawlSkip.Limit);
                return;
            }

            _frontier.Counts = _frontier.Counts with { Documents = _frontier.Counts.Documents + 1 };
            _documents.Add(new CrawlDocument(entry.Address, type, entry.Depth));
        }

        private void Report(CrawlEntry entry, string code, string message)
        {
            _frontier.Counts = _frontier.Counts with { Problems = _frontier.Counts.Problems + 1 };
            _problems.Add(new CrawlProblem(entry.Redirects.Count > 0 ? entry.Redirects[0] : entry.Address, code, message, entry.Depth));
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
}
