import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable } from '@nestjs/common';

/** Stands for the guard that your app has: it refuses, or leaves the user on the request. */
@Injectable()
export class AuthGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: { authorization?: string }; user?: { id: string } }>();
    const id = request.headers.authorization?.replace('User ', '');
    if (id !== undefined) request.user = { id };
    return id !== undefined;
  }
}
