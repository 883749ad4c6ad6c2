/** What is usual in each kind of directory: the options that are left out get it. */
export const directories = {
  ad: {
    user_attributes: ['sAMAccountName', 'userPrincipalName'],
    user_filter: '(&(objectCategory=person)(objectClass=user))',
  },
  openldap: { user_attributes: ['uid'], user_filter: '(|(objectClass=person)(objectClass=account))' },
  freeipa: { user_attributes: ['uid'], user_filter: '(objectClass=posixAccount)' },
} as const;
