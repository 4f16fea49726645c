using System.CommandLine;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Coniunctum.Client.Models;
using Coniunctum.Crypto.Internal;
using Coniunctum.Node.Api;
using Coniunctum.Node.Cli.Client;
using Coniunctum.P2P.Transport;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum invite: how others join a network.</summary>
internal static class InviteCommand
{
    public static Command Create(CommandIo io)
    {
        Option<string?> data = RunningNode.DataOption(io);
        Option<string[]> address = NetworkCommand.Several(
            "--address", "HOST:PORT", "Where others reach the node. May be given several times. Default: where it listens; if that is all addresses, this machine's first one that is not local to it.", NodeCommand.Endpoint);
        Option<string?> to = PathInput.Option("--to", "Write the link into a new file, with which 'node --invite FILE' starts a client that is linked already.");
        Option<bool> json = JsonOption.Create();
        var command = new NetworkCommand("invite", "Print the link by which others join the network of a running node: the node's address and id, and the chain's profile.") { data, address, to, json };
        CommandLine.SetAction(command, null, async (parsed, cancellation) =>
        {
            using NodeClient client = RunningNode.Find(parsed.GetValue(data), io);
            StatusModel status = await client.Ledger.StatusAsync(cancellation);
            if (status.NodeId is not { } node) throw new BadInputException("A development chain has no network to which anyone could be invited; 'coniunctum node' has.");
            string[] named = parsed.GetValue(address) ?? [];
            if (named.Length == 0 && status.Addresses.Count == 0)
                throw new BadInputException("The node takes no connections, so no one could join by it: start it with --role validator or full, or name another way to it with --address.");
            IEnumerable<string> sources = named.Length > 0 ? named.Select(endpoint => $"{node}@{endpoint}") : status.Addresses.Select(listened => $"{node}@{Reachable(listened[(listened.IndexOf('@', StringComparison.Ordinal) + 1)..])}");
            var invitation = new Invitation(await ClientCommand.ProfileAsync(client, cancellation), sources.Distinct(StringComparer.Ordinal));
            if (parsed.GetValue(to) is { } path) Save(path, invitation);
            return new OutcomeReporter(io, parsed.GetValue(json)).Conclude(
                parsed.GetValue(to) is { } file ? $"The invitation to {invitation.Profile.Name} by {string.Join(" and ", invitation.Sources)} is in {Quoted.Of(file)}." : invitation.ToString(),
                new JsonObject
                {
                    ["network"] = invitation.Profile.Name,
                    ["chainId"] = invitation.ChainId.ToString(),
                    ["sources"] = new JsonArray([.. invitation.Sources.Select(source => (JsonNode)source)]),
                    ["link"] = invitation.ToString(),
                    ["file"] = parsed.GetValue(to),
                });
        });
        return command;
    }

    private static void Save(string path, Invitation invitation) => PathInput.Trying($"{Quoted.Of(path)} cannot be written", path, () =>
    {
        if (!DurableFile.TryWrite(path, Encoding.ASCII.GetBytes($"{invitation}\n"))) throw new BadInputException($"{Quoted.Of(path)} is there already; expected a new file.");
    });

    /// <summary>All addresses are none that others could dial.</summary>
    private static string Reachable(string listened)
    {
        NodeEndpoint endpoint = NodeEndpoint.Parse(listened);
        if (endpoint.Address is not { } address || !(address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))) return listened;
        IPAddress first = NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(found => found.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(found)) ?? IPAddress.Loopback;
        return NodeEndpoint.Of(new IPEndPoint(first, endpoint.Port)).ToString();
    }
}
