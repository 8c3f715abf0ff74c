using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;

// The other side of ../jobs.ts: the same jobs, done by ASP.NET Core with its own default algorithms.

string[] purposes =
[
    "SharedCookieApp",
    "Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationMiddleware",
    "Cookies",
    "v2",
];

var provider = new EphemeralDataProtectionProvider(NullLoggerFactory.Instance);
var protector = provider.CreateProtector(purposes);
var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);

while (Console.ReadLine() is { } line)
{
    var job = JsonSerializer.Deserialize<Job>(line, options)!;
    var operation = job.Operation == "load" ? () => Load(job.KeyDirectory!) : PayloadOperationOf(job);
    Console.WriteLine(JsonSerializer.Serialize(job.Timed ? Timed(operation, job) : Counted(operation, job), options));
}

Action PayloadOperationOf(Job job)
{
    var pattern = "poolhouse benchmark "u8.ToArray();
    var plaintext = new byte[job.Bytes];
    for (var index = 0; index < plaintext.Length; index++) plaintext[index] = pattern[index % pattern.Length];
    var text = Encoding.UTF8.GetString(plaintext);
    var payload = protector.Protect(plaintext);
    return job.Operation switch
    {
        "protect" => () => protector.Protect(plaintext),
        "unprotect" => () => protector.Unprotect(payload),
        "text" => () => protector.Unprotect(protector.Protect(text)),
        _ => throw new ArgumentException($"no such operation: {job.Operation}"),
    };
}

void Load(string keyDirectory)
{
    var own = DataProtectionProvider.Create(
        new DirectoryInfo(keyDirectory),
        builder => builder.DisableAutomaticKeyGeneration());
    own.CreateProtector(purposes).Protect("text");
}

static JobResult Counted(Action operation, Job job)
{
    var batch = job.Operation == "load" ? 1 : 64;
    var clock = Stopwatch.StartNew();
    long operations = 0;
    do
    {
        for (var count = 0; count < batch; count++) operation();
        operations += batch;
    } while (clock.Elapsed.TotalSeconds < job.Seconds);
    return new JobResult(operations, null, null);
}

static JobResult Timed(Action operation, Job job)
{
    var latencies = new List<double>(1 << 20);
    var begun = Stopwatch.GetTimestamp();
    var end = begun + (long)(job.Seconds * Stopwatch.Frequency);
    while (begun < end)
    {
        operation();
        var now = Stopwatch.GetTimestamp();
        latencies.Add((now - begun) * 1e6 / Stopwatch.Frequency);
        begun = now;
    }
    latencies.Sort();
    double At(double rank) => latencies[Math.Max(0, (int)Math.Ceiling(rank * latencies.Count) - 1)];
    return new JobResult(latencies.Count, At(0.5), At(0.99));
}

record Job(string Operation, int Bytes, string? KeyDirectory, double Seconds, bool Timed);

record JobResult(long Operations, double? P50Micros, double? P99Micros);
