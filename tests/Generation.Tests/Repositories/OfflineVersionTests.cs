using static Jobs.Generation.Tests.Repositories.OfflineWork;

namespace Jobs.Generation.Tests.Repositories;

/// <summary>Versions, changelogs, licence headers and tables of contents.</summary>
public sealed class OfflineVersionTests
{
    [Theory]
    [InlineData("bump the version", "1.2.4")]
    [InlineData("bump the patch version", "1.2.4")]
    [InlineData("bump the minor version", "1.3.0")]
    [InlineData("increase the version by a major version", "2.0.0")]
    [InlineData("set the version to v3.0.0-rc.1", "3.0.0-rc.1")]
    [InlineData("do a minor release", "1.3.0")]
    public void Version_of_a_package_is_changed_and_nothing_else(string instruction, string version)
    {
        const string package = "{\r\n\t\"name\": \"ä\",\r\n\t\"config\": { \"version\": \"1.2.3\" },\r\n\t\"version\" : \"1.2.3\",\r\n\t\"list\": [\"version\"]\r\n}";

        Assert.Equal(package.Replace("\"version\" : \"1.2.3\"", $"\"version\" : \"{version}\"", StringComparison.Ordinal), Change("package.json", package, instruction));
    }

    [Theory]
    [InlineData("1.2.3-rc.1", "patch", "1.2.3")]
    [InlineData("1.2.0-rc.1", "minor", "1.2.0")]
    [InlineData("1.2.3-rc.1", "minor", "1.3.0")]
    [InlineData("2.0.0-rc.1", "major", "2.0.0")]
    [InlineData("1.2.3+5", "patch", "1.2.4")]
    public void Version_before_a_release_becomes_the_release(string version, string part, string next) =>
        Assert.Equal(next + "\n", Change("VERSION", version + "\n", $"bump the {part} version"));

    [Theory]
    [InlineData("a.csproj", "<Project><!-- <Version>0.0.1</Version> --><PropertyGroup><Version>1.2.3</Version></PropertyGroup></Project>")]
    [InlineData("Directory.Build.props", "<Project>\n<PropertyGroup>\n<VersionPrefix> 1.2.3 </VersionPrefix></PropertyGroup></Project>")]
    [InlineData("pyproject.toml", "[tool.other]\nversion = \"9.9.9\"\n[project]\nname = \"x\"\nversion = \"1.2.3\" # now\n")]
    [InlineData("pyproject.toml", "[tool.poetry]\nversion = '1.2.3'\n")]
    [InlineData("Cargo.toml", "[package]\r\nname = \"x\"\r\nversion = \"1.2.3\"\r\n\r\n[dependencies]\r\nversion = \"1\"\r\n")]
    public void Version_is_found_in_each_kind_of_manifest(string path, string content) =>
        Assert.Equal(content.Replace("1.2.3", "1.2.4", StringComparison.Ordinal), Change(path, content, "bump the version"));

    [Fact]
    public void Lock_files_follow_their_manifests()
    {
        var tree = new FakeTree()
            .Add("package.json", """{"version":"1.2.3"}""")
            .Add("package-lock.json", """{"version":"1.2.3","packages":{"":{"version":"1.2.3"},"node_modules/a":{"version":"1.2.3"}}}""")
            .Add("Cargo.toml", "[package]\nname = \"mine\"\nversion = \"1.2.3\"\n")
            .Add("Cargo.lock", "[[package]]\nname = \"other\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"mine\"\nversion = \"1.2.3\"\n");

        var edits = Do(tree, "bump the version");

        Assert.Equal("""{"version":"1.2.4","packages":{"":{"version":"1.2.4"},"node_modules/a":{"version":"1.2.3"}}}""", Written(edits, "package-lock.json"));
        Assert.Equal("[[package]]\nname = \"other\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"mine\"\nversion = \"1.2.4\"\n", Written(edits, "Cargo.lock"));
        Assert.Equal(4, edits.Changes.Count);
    }

    [Fact]
    public void Versions_that_are_not_the_same_are_not_bumped_but_may_be_set()
    {
        var tree = new FakeTree().Add("package.json", """{"version":"1.2.3"}""").Add("VERSION", "1.0.0\n").Add("deep/VERSION", "0.1.0");

        Assert.Equal("The files do not say the same version: VERSION 1.0.0, package.json 1.2.3. Name one, or say: set the version to …", Refuse(tree, "bump the version"));
        Assert.Equal("1.1.0\n", Written(Do(tree, "bump the minor version of VERSION"), "VERSION"));
        Assert.Equal(2, Do(tree, "set the version to 2.0.0").Changes.Count);
        Assert.Equal("0.1.1", Written(Do(tree, "bump the version in deep"), "deep/VERSION"));
        Assert.Equal("\"1.x\" is no version like 1.2.3.", Refuse(tree, "set the version to 1.x"));
        Assert.StartsWith("There is no version", Refuse(new FakeTree().Add("a.txt"), "bump the version"), StringComparison.Ordinal);
        Assert.Empty(Do(new FakeTree().Add("VERSION", "2.0.0"), "set the version to 2.0.0").Changes);
    }

    [Theory]
    [InlineData(
        "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- a\n\n### Fixed\n\n- f\n\n## [1.0.0]\n\n- old\n",
        "add a changelog entry under Fixed: g",
        "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- a\n\n### Fixed\n\n- f\n- g\n\n## [1.0.0]\n\n- old\n")]
    [InlineData(
        "# Changelog\r\n\r\n## [Unreleased]\r\n\r\n### Added\r\n\r\n- a\r\n\r\n### Fixed\r\n\r\n- f\r\n",
        "add a changelog entry: c",
        "# Changelog\r\n\r\n## [Unreleased]\r\n\r\n### Added\r\n\r\n- a\r\n\r\n### Changed\r\n\r\n- c\r\n\r\n### Fixed\r\n\r\n- f\r\n")]
    [InlineData(
        "# Changelog\n\n## [1.0.0]\n\n- old\n\n[1.0.0]: https://example.com\n",
        "add \"s\" to the changelog under Security",
        "# Changelog\n\n## [Unreleased]\n\n### Security\n\n- s\n\n## [1.0.0]\n\n- old\n\n[1.0.0]: https://example.com\n")]
    [InlineData("# Changelog\n\n## Unreleased\n", "add an entry to the changelog under added: - x", "# Changelog\n\n## Unreleased\n\n### Added\n\n- x\n")]
    [InlineData("# Changelog\n", "add a changelog entry: x", "# Changelog\n\n## [Unreleased]\n\n### Changed\n\n- x\n")]
    [InlineData(
        "# Changelog\n\n## [Unreleased]\n\n### Fixed\n\n- f\n\n[Unreleased]: https://example.com\n",
        "add a changelog entry under fixed: g",
        "# Changelog\n\n## [Unreleased]\n\n### Fixed\n\n- f\n- g\n\n[Unreleased]: https://example.com\n")]
    public void Entry_stands_in_the_changelog_where_it_belongs(string before, string instruction, string after) => Assert.Equal(after, Change("CHANGELOG.md", before, instruction));

    [Fact]
    public void Changelog_is_made_where_there_is_none_and_an_entry_is_not_put_twice()
    {
        var text = Written(Do(new FakeTree(), "add a changelog entry under Added: x"), "CHANGELOG.md");

        Assert.StartsWith("# Changelog\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n## [Unreleased]\n\n### Added\n\n- x\n", text, StringComparison.Ordinal);
        Assert.Empty(Do(new FakeTree().Add("CHANGELOG.md", text), "add a changelog entry under Added: x").Changes);
        Assert.Equal("changelog.md", Assert.Single(Do(new FakeTree().Add("changelog.md", text), "add a changelog entry: y").Changes) is Jobs.Domain.Repositories.FileEdit.Write write ? write.Path : "");
    }

    [Theory]
    [InlineData("a.cs", "using System;\n", "// SPDX-License-Identifier: MIT\n\nusing System;\n")]
    [InlineData("a.py", "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\nimport os\n", "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n# SPDX-License-Identifier: MIT\n\nimport os\n")]
    [InlineData("a.css", "\uFEFFp {}\r\n", "\uFEFF/*\r\n * SPDX-License-Identifier: MIT\r\n */\r\n\r\np {}\r\n")]
    [InlineData("a.html", "<!DOCTYPE html>\n<p>", "<!DOCTYPE html>\n<!--\n  SPDX-License-Identifier: MIT\n-->\n\n<p>")]
    [InlineData("a.sql", "\nselect 1", "-- SPDX-License-Identifier: MIT\n\nselect 1")]
    [InlineData("a.sh", "#!/bin/sh", "#!/bin/sh\n# SPDX-License-Identifier: MIT\n")]
    public void Header_is_a_comment_of_the_language_after_what_must_stand_first(string path, string before, string after) =>
        Assert.Equal(after, Change(path, before, "add an MIT licence header to all source files"));

    [Fact]
    public void Header_is_put_once_and_only_into_source_files()
    {
        var tree = new FakeTree()
            .Add("LICENSE", "MIT License\n\nCopyright (c) 2024 Ada\n").Add("src/a.js", "a").Add("src/b.js", "// Copyright 2020 Bob\n").Add("src/c.ts").Add("src/d.json", "{}").Add("e.js", "e").Add("README.md", "x");

        var edits = Do(tree, "add a license header to all files in src");

        Assert.Equal("// Copyright (c) 2024 Ada\n// SPDX-License-Identifier: MIT\n\na", Written(edits, "src/a.js"));
        Assert.Single(edits.Changes);
        Assert.Equal("1 source files got a licence header. 2 had one already or are empty.", edits.Summary);
        Assert.Empty(Do(new FakeTree().Add("a.js", Written(edits, "src/a.js")), "add an MIT licence header").Changes);
        Assert.Equal("// Mine\n// Copyright 2024\n\ne", Written(Do(tree, "add a licence header to e.js:\nMine\nCopyright 2024"), "e.js"));
        Assert.StartsWith("It is not known which licence is meant", Refuse(new FakeTree().Add("a.js", "a"), "add licence headers"), StringComparison.Ordinal);
    }

    [Fact]
    public void Table_of_contents_is_made_after_the_title_and_kept_up_to_date()
    {
        const string readme = "# Title\n\nText.\n\n## First part\n\n```sh\n# no heading\n```\n\n### Ünder `code` & more!\n\n## First part\n\n## [Linked](https://example.com) ##\n##### Deep\n";

        var made = Change("README.md", readme, "add a table of contents");

        Assert.Equal(
            "# Title\n\n<!-- toc -->\n\n- [First part](#first-part)\n  - [Ünder `code` & more!](#ünder-code--more)\n- [First part](#first-part-1)\n- [Linked](#linked)\n\n<!-- tocstop -->\n"
            + readme["# Title\n".Length..],
            made);
        Assert.Empty(Do(new FakeTree().Add("README.md", made), "update the table of contents in README.md").Changes);
        Assert.Equal(made.Replace("- [Linked](#linked)", "- [Linked](#linked)\n- [New](#new)", StringComparison.Ordinal) + "## New\n", Change("README.md", made + "## New\n", "refresh the toc"));
    }

    [Fact]
    public void Tables_of_contents_of_all_files_are_those_with_markers()
    {
        var tree = new FakeTree().Add("a.md", "# A\r\n<!-- toc -->\r\n<!-- tocstop -->\r\n## B\r\n").Add("docs/b.md", "# B\n## C\n");

        var edits = Do(tree, "update the table of contents in all markdown files");

        Assert.Single(edits.Changes);
        Assert.Equal("# A\r\n<!-- toc -->\r\n\r\n- [B](#b)\r\n\r\n<!-- tocstop -->\r\n## B\r\n", Written(edits, "a.md"));
        Assert.Empty(Do(new FakeTree().Add("README.md", "no headings"), "add a table of contents").Changes);
        Assert.Contains("and none <!-- tocstop -->", Refuse(new FakeTree().Add("README.md", "<!-- toc -->\n"), "update the toc"), StringComparison.Ordinal);
        Assert.Equal("There is no file \"README.md\".", Refuse(new FakeTree(), "update the table of contents"));
    }
}
