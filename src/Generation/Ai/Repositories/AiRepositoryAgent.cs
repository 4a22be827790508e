using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Generation;
using Jobs.Domain.Repositories;
using Jobs.Generation.Ai.ToolUse;
using Jobs.Generation.Repositories;

namespace Jobs.Generation.Ai.Repositories;

/// <summary>
/// Has a model change a repository by calling tools: each call of <see cref="WorkAsync"/> is one answer of the model. Whatever a model says is data: its tools are all the effect that it has,
/// each call is checked here, and nothing is written anywhere but into the edits that it ends with.
/// </summary>
public sealed class AiRepositoryAgent(AiClients clients, TimeProvider time) : IRepositoryAgent
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    private readonly ToolModel _model = new(
        clients,
        AiUse.Repositories,
        "repository.md",
        RepositoryTools.All,
        "Nobody reads what you write outside of tools. Go on with them: finish when the work is done, give_up when it cannot be.",
        time);

    /// <inheritdoc/>
    public string Name => _model.Name;

    /// <inheritdoc/>
    public ModelUsage LeastToBegin => _model.LeastToBegin;

    /// <inheritdoc/>
    public async Task<RepositoryAnswer> WorkAsync(RepositoryTask task, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var transcript = task.State is { } state ? RepositoryTranscript.Read(state) : Begin(task);
        ToolModel.ThrowIfGivenUp(transcript);
        var files = new EditedTree(task.Tree, task.AllowedPaths, RepositoryAgentLimits.MaxChangedBytes);
        files.Apply(transcript.Edits.Select(edit => edit.ToEdit()));
        if (transcript is { Title: { } title, Summary: { } summary })
        {
            return new RepositoryAnswer.Edits(files.Changes(), title, summary);
        }

        if (transcript.Answers == 0)
        {
            progress.Report($"Planning with {Name}");
        }

        var (answer, usage) = await _model.AskAsync(transcript, HashOf(transcript.Edits), task.ModelCalls, () => new RepositoryReader(transcript, progress), cancellationToken);
        var message = Take(transcript, files, answer, cancellationToken);
        return new RepositoryAnswer.Turn(message) { State = transcript.ToBytes(), Usage = usage };
    }

    private RepositoryTranscript Begin(RepositoryTask task)
    {
        var transcript = new RepositoryTranscript();
        _model.Begin(transcript, Opening(task));
        return transcript;
    }

    /// <summary>A JSON object, so that no text in it can end where it stands and go on as something else.</summary>
    private static string Opening(RepositoryTask task)
    {
        var room = ToolUseLimits.MaxEarlierLength;
        var paths = task.Tree.Entries.Take(RepositoryAgentLimits.MaxPathsInRequest).Select(entry => entry.Path).ToList();
        return JsonSerializer.Serialize(
            new
            {
                instruction = task.Instruction,
                earlier = task.Earlier.Reverse().TakeWhile(said => (room -= said.Length) >= 0).Reverse(),
                today = task.At.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                allowedPaths = task.AllowedPaths,
                paths,
                morePaths = task.Tree.Entries.Count - paths.Count,
            },
            Json);
    }

    /// <summary>Carries out the calls of an answer; how far the work is, for people.</summary>
    private string Take(RepositoryTranscript transcript, EditedTree files, ToolAnswer answer, CancellationToken cancellationToken)
    {
        string? changed = null;
        if (answer.Calls.Count > 0)
        {
            (var isCarried, changed) = CarryAll(transcript, files, answer, cancellationToken);
            ToolModel.Count(transcript, isCarried, answer.IsCut);
        }

        return transcript switch
        {
            { Failure: not null } => "Giving up",
            { Title: not null } => "Finishing",
            _ when changed is not null => RepositoryReader.Sentence("Changed", changed, transcript.Planned),
            _ when answer.Calls.Count == 0 => "Thinking",
            { Planned.Count: > 0 } => $"Planned {transcript.Planned.Count} files",
            _ => "Reading files",
        };
    }

    /// <summary>Carries out the calls of an answer in their order; whether any could be, and the file that was changed last. The end comes last, and only where nothing went wrong.</summary>
    private (bool IsCarried, string? Changed) CarryAll(RepositoryTranscript transcript, EditedTree files, ToolAnswer answer, CancellationToken cancellationToken)
    {
        var (isCarried, hasFailed, room, searches) = (false, false, ToolUseLimits.MaxResultsLength, 0);
        string? changed = null;
        AnswerCall? end = null;
        foreach (var (call, number) in answer.Calls.Select((call, i) => (call, i + 1)))
        {
            if (_model.FaultOf(call, number, answer.IsCut) is { } fault)
            {
                hasFailed = true;
                transcript.Tell(call.Id, fault);
            }
            else if (call.Name is RepositoryTools.Finish or RepositoryTools.GiveUp)
            {
                if (end is not null)
                {
                    transcript.Tell(call.Id, "Not done: the work ends once.");
                    continue;
                }

                end = call;
            }
            else if (call.Name == RepositoryTools.Plan)
            {
                isCarried = true;
                transcript.Planned =
                    [.. call.ReadArguments.GetProperty("files").EnumerateArray().Select(file => file.GetString()!).Distinct().Take(EditLimits.MaxChangedFiles)];
                transcript.Tell(call.Id, "Noted.");
            }
            else if (RepositoryTools.IsLook(call.Name) && room <= 0)
            {
                transcript.Tell(call.Id, $"Not read: more than {ToolUseLimits.MaxResultsLength} characters in one answer. Read it in your next one.");
            }
            else if (call.Name == RepositoryTools.Search && ++searches > RepositoryAgentLimits.MaxSearchesPerAnswer)
            {
                transcript.Tell(call.Id, $"Not searched: more than {RepositoryAgentLimits.MaxSearchesPerAnswer} searches in one answer.");
            }
            else
            {
                isCarried = true;
                var (result, path) = RepositoryTools.Run(files, call.Name, call.ReadArguments, time, cancellationToken);
                transcript.Tell(call.Id, result);
                hasFailed |= RepositoryTools.IsChange(call.Name) && path is null;
                (room, changed) = (room - result.Length, path ?? changed);
            }
        }

        if (changed is not null)
        {
            transcript.Edits = [.. files.Changes().Select(StoredEdit.Of)];
        }

        return (End(transcript, end, hasFailed) || isCarried, changed);
    }

    /// <summary>Ends the work as a call says, unless the answer had a call that failed: said before the model knew, it decides again when it does. False where there is no end.</summary>
    private bool End(RepositoryTranscript transcript, AnswerCall? end, bool hasFailed)
    {
        if (end is null)
        {
            return false;
        }

        if (hasFailed)
        {
            transcript.Tell(end.Id, "Not done: another call of this answer failed. See to it first.");
            return false;
        }

        if (end.Name == RepositoryTools.GiveUp)
        {
            var reason = Line(end.ReadArguments.GetProperty("reason").GetString()!, ToolUseLimits.MaxQuoteLength);
            transcript.Failure = reason.Length > 0 ? $"The AI model could not do it. It said: {reason}" : "The AI model could not do it, and did not say why.";
            return true;
        }

        var title = Line(end.ReadArguments.GetProperty("title").GetString()!, EditLimits.MaxTitleLength);
        var summary = Texts.Cut(Texts.Plain(end.ReadArguments.GetProperty("summary").GetString()!).Trim(), EditLimits.MaxSummaryLength);
        if (title.Length == 0 || summary.Length == 0)
        {
            transcript.Tell(end.Id, "Not done: the title and the summary must say something.");
            return false;
        }

        (transcript.Title, transcript.Summary) = (title, summary);
        return true;
    }

    private static string Line(string text, int length) => Texts.Cut(string.Join(' ', Texts.Plain(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), length);

    private static string HashOf(List<StoredEdit> edits) => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(edits)));
}
