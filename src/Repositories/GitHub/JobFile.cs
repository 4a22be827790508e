using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jobs.Domain.Repositories;

namespace Jobs.Repositories.GitHub;

/// <summary>
/// The file that tells the workflow what to do, and the commit that brings it: by the commit's message a job knows its own branch again. What the caller wrote is in the file only, because
/// GitHub takes some words in a message for orders (<c>[skip ci]</c>).
/// </summary>
internal static class JobFile
{
    /// <summary>The folder of all of them.</summary>
    public const string Folder = ".jobs";

    private const string IdTrailer = "Job: ";
    private const string RoundTrailer = "Job-Round: ";
    private const string InstructionTrailer = "Job-Instruction: ";
    private const int MaxId = 100;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The folder of a job's files.</summary>
    public static string FolderOf(string jobId) =>
        jobId.Length is > 0 and <= MaxId && jobId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
            ? $"{Folder}/{jobId}"
            : throw new ForgeException("The job's id is not one.", isTransient: false);

    /// <summary>The file of an order.</summary>
    public static string PathOf(BranchOrder order) => string.Create(CultureInfo.InvariantCulture, $"{FolderOf(order.JobId)}/{order.Round}.json");

    /// <summary>What is in it.</summary>
    public static string ContentOf(BranchOrder order) => JsonSerializer.Serialize(
        new Content(
            order.JobId,
            order.Round,
            order.Instruction,
            order.BaseRef,
            order.CreatePullRequest,
            order.AutoMerge,
            order.Repository.AllowedPaths,
            order.Repository.Check,
            order.CreatedAt.ToUniversalTime()),
        Format) + "\n";

    /// <summary>The message of its commit.</summary>
    public static string MessageOf(BranchOrder order) => string.Create(
        CultureInfo.InvariantCulture,
        $"Ask for job {order.JobId}\n\n{IdTrailer}{order.JobId}\n{RoundTrailer}{order.Round}\n{InstructionTrailer}{HashOf(order)}\n");

    /// <summary>Whether a commit is one that brings a file of this job.</summary>
    public static bool IsOfJob(string? message, string jobId) => HasLine(message, IdTrailer + jobId);

    /// <summary>Whether a commit is the one of this very order.</summary>
    public static bool IsOfOrder(string? message, BranchOrder order) =>
        IsOfJob(message, order.JobId)
        && HasLine(message, string.Create(CultureInfo.InvariantCulture, $"{RoundTrailer}{order.Round}"))
        && HasLine(message, InstructionTrailer + HashOf(order));

    private static bool HasLine(string? message, string line) => message?.Split('\n').Contains(line) is true;

    private static string HashOf(BranchOrder order) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(order.Instruction)));

    private sealed record Content(
        string Id,
        int Round,
        string Instruction,
        string Base,
        bool CreatePullRequest,
        bool AutoMerge,
        IReadOnlyList<string> AllowedPaths,
        string? Check,
        DateTimeOffset CreatedAt);
}
