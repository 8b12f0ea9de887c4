// @rt/jwt

import type { User, VerifiedToken } from '@rt/core';
import type { JSONWebKeySet, JWTPayload } from 'jose';
import type { JsonWebKey, KeyObject } from 'node:crypto';

export type Algorithm = SecretAlgorithm | RsaAlgorithm | CurveAlgorithm;

export type Claims = JWTPayload;

export type JwtOptions = KeySource & TokenChecks & UserOption<User>;

export type KeySource =
  | {
      readonly secret: string | Uint8Array | undefined;
    }
  | {
      readonly publicKey: string | JsonWebKey | KeyObject | undefined;
    }
  | {
      readonly jwks: string | URL | JSONWebKeySet | undefined;
    };

export interface TokenChecks {
  readonly issuer?: string | readonly string[];
  readonly audience?: string | readonly string[];
  readonly algorithms?: readonly Algorithm[];
  readonly clockToleranceMs?: number;
  readonly now?: () => number;
}

export type UserOption<OfUser> = {
  readonly id: string;
} extends OfUser
  ? {
      readonly user?: (claims: Claims) => OfUser | null | Promise<OfUser | null>;
    }
  : {
      readonly user: (claims: Claims) => OfUser | null | Promise<OfUser | null>;
    };

export declare function jwt(options: JwtOptions): (token: string) => Promise<VerifiedToken>;

// Not exported, and part of what is.

type CurveAlgorithm = 'ES256' | 'ES384' | 'ES512' | 'EdDSA' | 'Ed25519';

type RsaAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512';

type SecretAlgorithm = 'HS256' | 'HS384' | 'HS512';
