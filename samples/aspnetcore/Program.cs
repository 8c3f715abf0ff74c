// An ordinary ASP.NET Core application. Nothing here knows of Poolhouse, IIS or a proxy.
var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();

app.MapGet("/", (HttpContext context, IHostEnvironment environment) => Results.Json(new
{
    Hello = "from ASP.NET Core",
    Framework = System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription,
    Environment = environment.EnvironmentName,
    Client = context.Connection.RemoteIpAddress?.ToString(),
    ClientPort = context.Connection.RemotePort,
    context.Request.Scheme,
    Host = context.Request.Host.Value,
    PathBase = context.Request.PathBase.Value,
    Path = context.Request.Path.Value,
    context.Request.Protocol,
    ContentRoot = environment.ContentRootPath,
    ProcessId = Environment.ProcessId,
}, new System.Text.Json.JsonSerializerOptions(System.Text.Json.JsonSerializerDefaults.Web) { WriteIndented = true }));

app.MapPost("/echo", async (HttpRequest request, HttpResponse response) =>
{
    response.ContentType = request.ContentType ?? "application/octet-stream";
    await request.Body.CopyToAsync(response.Body);
});

// Server-sent events: one a second, until the client leaves or the application stops.
app.MapGet("/events", (IHostApplicationLifetime lifetime, CancellationToken left) =>
{
    async IAsyncEnumerable<string> Clock()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(left, lifetime.ApplicationStopping);
        while (!end.IsCancellationRequested)
        {
            yield return DateTimeOffset.UtcNow.ToString("O");
            await Task.Delay(TimeSpan.FromSeconds(1), end.Token).ContinueWith(_ => { }, CancellationToken.None);
        }
    }
    return TypedResults.ServerSentEvents(Clock(), eventType: "tick");
});

app.Run();
