using Xunit.Sdk;

namespace Jobs.Domain.Tests;

public sealed class BoundedTestFrameworkTests
{
    [Fact]
    public void Test_that_hangs_is_named_within_two_minutes() => Assert.InRange(BoundedTestFramework.Limit, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2));

    [Theory]
    [InlineData(nameof(Sample.Synchronous), 0)]
    [InlineData(nameof(Sample.Asynchronous), 110_000)]
    [InlineData(nameof(Sample.OfItsOwn), 5_000)]
    public void Every_asynchronous_test_without_a_limit_gets_one(string method, int milliseconds)
    {
        var type = typeof(Sample);
        var collection = new TestCollection(new TestAssembly(Reflector.Wrap(type.Assembly)), collectionDefinition: null, "Samples");
        var testMethod = new TestMethod(new TestClass(collection, Reflector.Wrap(type)), Reflector.Wrap(type.GetMethod(method)!));
        using var testCase = new XunitTestCase(new NullMessageSink(), TestMethodDisplay.Method, TestMethodDisplayOptions.None, testMethod);

        BoundedTestFramework.Bound([testCase]);

        Assert.Equal(milliseconds, testCase.Timeout);
    }

    public sealed class Sample
    {
        [Fact]
        public void Synchronous()
        {
        }

        [Fact]
        public Task Asynchronous() => Task.CompletedTask;

        [Fact(Timeout = 5_000)]
        public Task OfItsOwn() => Task.CompletedTask;
    }
}
