using System.Text.Json;
using Jobs.Domain.Agents;
using Jobs.Domain.Identity;
using Jobs.Execution.Egress;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Schedules;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Builder;

/// <summary>The body of <c>PATCH /v1/agents/{id}/settings</c>: a JSON merge patch of <c>{schedule: {cron, timeZone}, paused, allowedHosts}</c>.</summary>
public sealed class AgentSettingsRequest
{
    /// <summary>The time zone of a schedule that names none.</summary>
    public const string DefaultTimeZone = "UTC";

    private readonly RequestBody _body;
    private readonly JsonElement? _schedule;
    private readonly bool _paused;
    private readonly string[] _hosts;

    private AgentSettingsRequest(RequestBody body, JsonElement? schedule, bool paused, string[] hosts) =>
        (_body, _schedule, _paused, _hosts) = (body, schedule, paused, hosts);

    /// <summary>Reads and checks the body; throws <see cref="ProblemException"/> (400, 413), and 403 when it names hosts and the caller is no admin.</summary>
    public static async Task<AgentSettingsRequest> ReadAsync(HttpRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, cancellationToken);
        if (body.Has("allowedHosts") && !caller.IsAdmin)
        {
            throw new ProblemException(new Problem(
                StatusCodes.Status403Forbidden, "admin_required", "Only an admin's API key can change the hosts that an agent may call."));
        }

        var schedule = body.Object("schedule");
        if (schedule is { } patch)
        {
            CheckText(body, patch, "cron");
            CheckText(body, patch, "timeZone");
        }

        var wanted = new AgentSettingsRequest(body, schedule, body.Flag("paused") ?? false, ReadHosts(body));
        body.ThrowIfInvalid();
        return wanted;
    }

    /// <summary>The agent with the changes; throws <see cref="ProblemException"/> (400) when its schedule is then not one.</summary>
    public Agent Apply(Agent agent)
    {
        if (_body.Has("schedule"))
        {
            agent = agent with { Schedule = _schedule is { } patch ? Merge(agent.Schedule, patch) : null };
        }

        if (_body.Has("paused"))
        {
            agent = agent with { IsPaused = _paused };
        }

        return _body.Has("allowedHosts") ? agent with { AllowedHosts = _hosts } : agent;
    }

    private static AgentSchedule Merge(AgentSchedule? current, JsonElement patch)
    {
        var cron = Text(patch, "cron", current?.Cron);
        var timeZone = Text(patch, "timeZone", current?.TimeZone) ?? DefaultTimeZone;
        if (cron is null)
        {
            throw new ProblemException(Problem.Invalid(new FieldError("schedule.cron", "is required")));
        }

        return CronSchedule.TryRead(cron, timeZone, out _, out var error)
            ? new AgentSchedule(cron, timeZone)
            : throw new ProblemException(Problem.Invalid(new FieldError($"schedule.{error.Field}", error.Message)));
    }

    /// <summary>What a field of the patch makes of the current value: absent leaves it, null removes it.</summary>
    private static string? Text(JsonElement patch, string name, string? current) => patch.TryGetProperty(name, out var value) ? value.GetString() : current;

    private static void CheckText(RequestBody body, JsonElement patch, string name)
    {
        if (patch.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null && !IsText(value))
        {
            body.Refuse($"schedule.{name}", "must be a string");
        }
    }

    private static string[] ReadHosts(RequestBody body)
    {
        if (body.Array("allowedHosts") is not { } hosts)
        {
            return [];
        }

        if (hosts.GetArrayLength() > EgressLimits.MaxHosts)
        {
            body.Refuse("allowedHosts", $"must have at most {EgressLimits.MaxHosts} names");
            return [];
        }

        var names = new List<string>();
        foreach (var (index, host) in hosts.EnumerateArray().Index())
        {
            if (!IsText(host))
            {
                body.Refuse($"allowedHosts[{index}]", "must be a string");
            }
            else if (!HostName.TryNormalise(host.GetString()!, out var name, out var error))
            {
                body.Refuse($"allowedHosts[{index}]", error);
            }
            else if (!names.Contains(name))
            {
                names.Add(name);
            }
        }

        return [.. names];
    }

    /// <summary>A lone surrogate passes the parser and only fails when it is read.</summary>
    private static bool IsText(JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.String)
        {
            return false;
        }

        try
        {
            value.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
