using System.Text;
using Jobs.Domain.Repositories;
using Jobs.Generation.Repositories;

namespace Jobs.Generation.Tests.Repositories;

public sealed class EditedTreeTests
{
    private readonly EditedTree _files = new(new FakeTree().Add("a", "a").Add("b", "b").Add("c/d", "d").Add("run", "r", TreeEntryKind.Executable), [], maxChangedBytes: 100);

    [Fact]
    public void Changes_are_told_in_an_order_in_which_they_can_be_done()
    {
        Assert.Null(_files.Delete("b"));
        Assert.Null(_files.Rename("a", "b"));
        Assert.Null(_files.Write("b", "new"u8.ToArray()));
        Assert.Null(_files.Write("a", "another"u8.ToArray()));

        Assert.Equal(["Delete b", "Rename a b", "Write a", "Write b"], Told(_files));

        // And can be done again.
        var again = new EditedTree(new FakeTree().Add("a", "a").Add("b", "b").Add("c/d", "d").Add("run", "r", TreeEntryKind.Executable), [], maxChangedBytes: 100);
        again.Apply(_files.Changes());
        Assert.Equal(Told(_files), Told(again));
        Assert.Equal("new", Encoding.UTF8.GetString(again.Read("b")!.Value.Span));
    }

    [Fact]
    public void What_is_as_it_was_is_no_change()
    {
        Assert.Null(_files.Write("a", "x"u8.ToArray()));
        Assert.Null(_files.Write("a", "a"u8.ToArray()));
        Assert.Null(_files.Rename("c/d", "e"));
        Assert.Null(_files.Rename("e", "c/d"));
        Assert.Null(_files.Write("new", "x"u8.ToArray()));
        Assert.Null(_files.Rename("new", "newer"));
        Assert.Null(_files.Delete("newer"));

        Assert.Empty(_files.Changes());
    }

    [Fact]
    public void File_that_was_renamed_may_go()
    {
        Assert.Null(_files.Rename("a", "x"));
        Assert.Null(_files.Delete("x"));

        Assert.Equal(["Delete a"], Told(_files));
    }

    [Fact]
    public void Names_are_not_exchanged()
    {
        Assert.Null(_files.Rename("a", "x"));

        Assert.Equal("\"a\" was the name of a file that has another one now", _files.Rename("b", "a"));
        Assert.Equal(["Rename a x"], Told(_files));
    }

    [Fact]
    public void Refused_change_changes_nothing()
    {
        Assert.NotNull(_files.Write("c", "x"u8.ToArray()));
        Assert.NotNull(_files.Write("a/x", "x"u8.ToArray()));
        Assert.NotNull(_files.Write("big", new byte[101]));
        Assert.NotNull(_files.Rename("a", "c"));
        Assert.NotNull(_files.Rename("none", "x"));
        Assert.NotNull(_files.Delete("none"));

        Assert.Empty(_files.Changes());
    }

    private static IEnumerable<string> Told(EditedTree files) => files.Changes().Select(change => change switch
    {
        FileEdit.Write write => $"Write {write.Path}",
        FileEdit.Delete delete => $"Delete {delete.Path}",
        FileEdit.Rename rename => $"Rename {rename.From} {rename.To}",
        _ => "",
    });
}
