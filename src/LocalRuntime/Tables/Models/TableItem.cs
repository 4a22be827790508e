#nullable disable

namespace Azure.Data.Tables.Models;

/// <summary>A table.</summary>
public class TableItem
{
    internal TableItem(string name) => Name = name;

    /// <summary>Its name.</summary>
    public string Name { get; }
}
