/**
 * Whether error pages show details to everyone: `ASPNETCORE_DETAILEDERRORS` is 1 or true, or the environment is
 * Development. A variable of the host's own process counts before one of the section.
 */
export function wantsDetailedErrors(
  environment: Readonly<Record<string, string | undefined>>,
  variables: readonly (readonly [name: string, value: string])[],
): boolean {
  const section = new Map(variables.map(([name, value]) => [name.toUpperCase(), value]));
  const valueOf = (name: string): string => (environment[name] ?? section.get(name) ?? '').toLowerCase();
  const isDevelopment = ['ASPNETCORE_ENVIRONMENT', 'DOTNET_ENVIRONMENT'].some(
    (name) => valueOf(name) === 'development',
  );
  return isDevelopment || ['1', 'true'].includes(valueOf('ASPNETCORE_DETAILEDERRORS'));
}
