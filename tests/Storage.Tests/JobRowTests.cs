using System.Text.Json;
using AutoFixture;
using Jobs.Domain.Jobs;

namespace Jobs.Storage.Tests;

/// <summary>The status row of a job.</summary>
public sealed class JobRowTests
{
    [Fact]
    public void Job_of_which_everything_is_set_comes_back_from_its_row_as_it_was()
    {
        var job = new Fixture().Create<Job>();

        var read = JobRow.FromEntity(JobRow.ToEntity(job));

        Assert.Equal(JsonSerializer.Serialize(job), JsonSerializer.Serialize(read));
    }
}
