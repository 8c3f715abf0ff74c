export {
  awaitsRelease,
  closeEndpoints,
  openEndpoints,
  type BindingProblem,
  type Endpoint,
  type EndpointChange,
} from './endpoints.ts';
