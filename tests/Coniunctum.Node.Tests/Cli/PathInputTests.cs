using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Tests.Cli;

public sealed class PathInputTests
{
    [TestCase("save.db")]
    [TestCase("über/名.db")]
    public void Read_APath_IsThatPath(string path) => Assert.That(PathInput.Read(path), Is.EqualTo(path));

    [TestCase("", "blank")]
    [TestCase(" ", "blank")]
    [TestCase("a\0b", "U+0000")]
    [TestCase("caf\uFFFD.db", "not UTF-8")]
    public void Read_WhatNamesNoFileOrAnother_IsRefusedWithTheReason(string path, string reason) =>
        Assert.That(() => PathInput.Read(path), Throws.InstanceOf<BadInputException>().With.Message.Contains(reason));
}
