/** What the sections of the ASP.NET Core Module and of the handler before it declare alike. */
export const programAttributes = {
  processPath: { type: 'string', expanded: true },
  arguments: { type: 'string', expanded: true },
  startupTimeLimit: {
    type: 'uint',
    default: 120,
    validation: { kind: 'integerRange', min: 0, max: 3600 },
    unit: 'seconds',
  },
  rapidFailsPerMinute: { type: 'uint', default: 10, validation: { kind: 'integerRange', min: 0, max: 100 } },
  processesPerApplication: { type: 'uint', default: 1, validation: { kind: 'integerRange', min: 1, max: 100 } },
  stdoutLogEnabled: { type: 'bool' },
} as const;

const nonEmpty = { type: 'string', required: true, validation: { kind: 'nonEmptyString' } } as const;

export const programElements = {
  recycleOnFileChange: {
    collection: {
      addElement: 'file',
      removeElement: null,
      entry: { attributes: { path: { ...nonEmpty, expanded: true } } },
    },
  },
  environmentVariables: {
    collection: {
      addElement: 'environmentVariable',
      removeElement: null,
      entry: { attributes: { name: nonEmpty, value: { type: 'string', required: true } } },
    },
  },
} as const;
