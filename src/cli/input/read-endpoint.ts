import { OperatorError } from '../../errors.ts';
import { serverEndpoint, type Endpoint } from '../../config/values/endpoint.ts';

/** A server from the command line. @throws OperatorError 'usage' */
export function readEndpoint(option: string, text: string): Endpoint {
  const result = serverEndpoint.schema.safeParse(text);
  if (result.success) return result.data;
  throw new OperatorError('usage', `${option} ${result.error.issues[0]?.message ?? 'is not valid'}`);
}
