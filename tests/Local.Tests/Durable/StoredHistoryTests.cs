using System.Text;
using DurableTask.Core;
using DurableTask.Core.History;
using Jobs.Local.Durable;

namespace Jobs.Local.Tests.Durable;

/// <summary>What is stored of an event is read again as it was, its id above all: DurableTask takes two results of one id for one result.</summary>
public class StoredHistoryTests
{
    private static readonly DateTime At = new(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private static readonly FailureDetails Failure = new("Type", "Message", "Stack", new FailureDetails("Inner", "Cause", null, null, isNonRetriable: false), isNonRetriable: true);

    public static TheoryData<string> Types => [.. Events(0).Select(happened => happened.EventType.ToString())];

    [Theory]
    [MemberData(nameof(Types))]
    public void Event_is_read_as_it_was_written(string type)
    {
        foreach (var id in (int[])[-1, 0, 7])
        {
            var happened = Events(id).Single(e => e.EventType.ToString() == type);
            happened.Timestamp = At;

            var written = StoredHistory.Write(happened);
            var read = StoredHistory.Read(Encoding.UTF8.GetString(written));

            Assert.Equal(happened.GetType(), read.GetType());
            Assert.Equal(id, read.EventId);
            Assert.Equal(At, read.Timestamp);
            Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(StoredHistory.Write(read)));
        }
    }

    private static HistoryEvent[] Events(int id) =>
    [
        new ExecutionStartedEvent(id, "1")
        {
            Name = "Name",
            Version = "2",
            OrchestrationInstance = new OrchestrationInstance { InstanceId = "instance", ExecutionId = "execution" },
            ParentInstance = new ParentInstance
            {
                Name = "Parent", Version = "", TaskScheduleId = 3, OrchestrationInstance = new OrchestrationInstance { InstanceId = "parent", ExecutionId = "first" },
            },
            Tags = new Dictionary<string, string> { ["key"] = "value" },
        },
        new ExecutionCompletedEvent(id, "\"done\"", OrchestrationStatus.Failed, Failure),
        new ExecutionTerminatedEvent(id, "reason"),
        new ExecutionSuspendedEvent(id, "reason"),
        new ExecutionResumedEvent(id, "reason"),
        new TaskScheduledEvent(id, "Activity", "", "[1]"),
        new TaskCompletedEvent(id, 4, "\"ä<\""),
        new TaskFailedEvent(id, 4, "reason", "details", Failure),
        new SubOrchestrationInstanceCreatedEvent(id) { Name = "Child", Version = "", InstanceId = "child" },
        new SubOrchestrationInstanceCompletedEvent(id, 5, "1"),
        new SubOrchestrationInstanceFailedEvent(id, 5, "reason", "details", Failure),
        new TimerCreatedEvent(id, At.AddDays(7)),
        new TimerFiredEvent(id, At.AddDays(7)) { TimerId = 6 },
        new EventSentEvent(id) { InstanceId = "other", Name = "event", Input = "1" },
        new EventRaisedEvent(id, "1") { Name = "event" },
        new OrchestratorStartedEvent(id),
        new OrchestratorCompletedEvent(id),
    ];
}
